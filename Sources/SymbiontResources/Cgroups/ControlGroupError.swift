package import SymbiontSystem

/// Why a control group could not be made, limited, read or ended.
package enum ControlGroupError: Error, Hashable, CustomStringConvertible {
  /// This machine has no facility for the limit.
  case unavailable(ControlGroupLimit, reason: String)
  /// The value is outside of what the kernel can be told.
  case invalid(ControlGroupLimit, value: String)
  /// The kernel refused a value.
  case refused(file: String, value: String, reason: SystemError)
  /// The memory limit is lower than what the group uses, and the kernel could not take enough back.
  case memoryInUse(bytes: Int, limit: Int)
  /// A file or a directory of the group cannot be used.
  case inaccessible(path: String, reason: SystemError)
  /// Processes did not stop in time.
  case notFrozen(path: String)
  /// Processes are alive after they were killed.
  case stillRunning(path: String, processes: Int)
  /// Directories of the group are still in use.
  case notRemoved(paths: [String])

  package var description: String {
    switch self {
    case .unavailable(let limit, let reason): "a limit of \(limit) cannot be enforced on this machine: \(reason)"
    case .invalid(let limit, let value): "`\(value)` is no limit of \(limit)"
    case .refused(let file, let value, let reason): "the kernel refused `\(value)` for `\(file)`: \(reason)"
    case .memoryInUse(let bytes, let limit):
      "a limit of \(limit) bytes of memory is below the \(bytes) bytes that are in use"
    case .inaccessible(let path, let reason): "`\(path)` cannot be used: \(reason)"
    case .notFrozen(let path): "the processes of `\(path)` could not be stopped in time"
    case .stillRunning(let path, let processes): "\(processes) processes of `\(path)` are alive after they were killed"
    case .notRemoved(let paths):
      "the control groups \(paths.map { "`\($0)`" }.joined(separator: ", ")) are in use"
    }
  }
}
