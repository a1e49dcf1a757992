import Glibc
import SymbiontCore
import SymbiontSystem

/// How a command ended and what it printed, before the counters of the kernel are known.
struct CommandEnding: Sendable {
  let status: ExitStatus
  /// Why it was to be killed, if so.
  let stopReason: StopSwitch.Reason?
  let output: OutputCollector.Output
  let error: OutputCollector.Output
  let elapsed: Duration

  /// The result for the command's caller.
  ///
  /// A command that ended by itself in the moment when it was to be killed counts as ended by itself.
  func result(of command: SandboxCommand, violations: [ResourceKind]) throws(SandboxError) -> CommandResult {
    for (name, stream) in [("stdout", output), ("stderr", error)] where stream.isOverLimit {
      throw .outputTooLarge(stream: name, maximumBytes: command.outputLimitBytes)
    }
    let wasKilled = status == .signalled(SIGKILL)
    if wasKilled, stopReason == .cancelled {
      throw .cancelled(operation: command.operation)
    }
    return CommandResult(
      exitCode: status.code, signal: status.signal, standardOutput: output.bytes, standardError: error.bytes,
      timedOut: wasKilled && stopReason == .timeout, violations: violations, elapsed: elapsed)
  }
}

extension SandboxCommand {
  /// The name of running it, for errors.
  ///
  /// Only the program is named: arguments may hold what others should not read.
  var operation: String { "run \(arguments.first ?? "")" }
}
