/// The statuses with which the program ends.
enum ExitStatus: Int32, Sendable {
  /// It did what was asked.
  case success = 0
  /// What it ran failed, would be changed, or is missing.
  case failure = 1
  /// It was used wrongly, or a program has errors.
  case usage = 2
  /// It was interrupted by a signal.
  case interrupted = 130
}

/// Ends a command that has already said everything, with a status.
struct CommandEnd: Error {
  let status: ExitStatus
}
