import ArgumentParser
import Glibc

/// The `symbi` program: what its `main` calls.
public enum SymbiProgram {
  /// Runs the command that the process was started with, and ends the process with its status.
  ///
  /// Results go to standard output, everything else to standard error. The status is 0 when the command succeeded, 1 when
  /// what it ran failed, 2 when it was used or written wrongly, 130 when it was interrupted.
  public static func main() async -> Never {
    // A reader that goes away is an error of the write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    var status = ExitStatus.success
    do {
      var command = try await Symbi.asyncParseAsRoot(nil)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as CommandFailure {
      StandardStream.errors.write(failure.report + "\n")
      status = failure.status
    } catch let exit as CommandExit {
      _exit(exit.code)
    } catch let end as CommandEnd {
      status = end.status
    } catch {
      status = report(error)
    }
    // Threads of the store and the sandbox may still be ending: no handlers run under their feet.
    _exit(status.rawValue)
  }

  /// Says what the argument parser has to say: help, a version, a completion script, or what is wrong.
  private static func report(_ error: any Error) -> ExitStatus {
    let text = Symbi.fullMessage(for: error, columns: Terminal.current().columns)
    guard Symbi.exitCode(for: error) != .success else {
      return StandardStream.output.write(text + "\n") ? .success : .failure
    }
    let prefix = "Error: "
    let message = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
    StandardStream.errors.write("error[\(CommandProblem.usage.rawValue)]: \(message)\n")
    return .usage
  }
}
