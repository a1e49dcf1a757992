/// The programs that run in the sandboxes of both sides.
enum Program {
  /// Prints one line and ends.
  static let echo = ["/usr/bin/echo", "ready"]
  /// Stays until it is killed, so that others can be run beside it.
  static let sleeper = ["/usr/bin/sleep", "infinity"]
}
