import Glibc
import SymbiontCore
import SymbiontSystem

/// The pipes between the runtime and the first process of a sandbox.
struct GuestStreams: Sendable {
  private let input: Pipe
  private let output: Pipe
  private let errors: Pipe

  init() throws(SandboxError) {
    do throws(SystemError) {
      input = try Pipe()
      output = try Pipe()
      errors = try Pipe()
    } catch {
      throw .startFailed(reason: "the pipes to the sandbox could not be made: \(error)")
    }
  }

  /// The runtime's ends.
  var channel: GuestChannel { GuestChannel(reading: output.readingEnd, writing: input.writingEnd) }
  /// What the first process, and the engine before it, says about itself.
  var log: Descriptor { errors.readingEnd }
  /// The ends of the first process, by the numbers that they have there.
  var descriptors: [Int32: Descriptor] {
    [STDIN_FILENO: input.readingEnd, STDOUT_FILENO: output.writingEnd, STDERR_FILENO: errors.writingEnd]
  }
}
