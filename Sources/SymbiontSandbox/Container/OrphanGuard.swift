import Glibc
import Subprocess
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import SystemPackage

/// A small process that outlives the runtime, to kill the runtime's containers when it dies without having done so.
///
/// It holds one end of a pipe, of which this object holds the other: when the runtime is gone, in whatever way, the kernel
/// closes that end. The guard then kills once what is in the instance's control groups, what is paused too, and ends. What was just being
/// started in that moment is left to the reaping of the next runtime, because a guard that stayed longer could meet that
/// runtime's own containers.
final class OrphanGuard: Sendable {
  private let lifeline: Descriptor

  /// Waits for the end of its input in a session of its own, out of reach of a terminal's signals.
  ///
  /// The shell would connect the input of a process in the background to nothing, hence the detour over descriptor 3. The
  /// arguments are the instance, the process that is guarded, and the directories of the control groups, that of the first
  /// tree first.
  private static let launch = "exec 3<&0; setsid sh -c \"$0\" \(name) \"$@\" <&3 3<&- &"
  /// The pattern has the form of a sandbox's id, so that a longer instance's containers do not match.
  private static let script = """
    trap '' HUP INT QUIT TERM
    read -r end
    instance=$1
    shift 2
    for group in "$1/$instance"-????????-????-????-????-????????????; do
      while read -r process; do kill -KILL "$process"; done < "$group/cgroup.procs"
    done
    for directory in "$@"; do
      for group in "$directory/$instance"-????????-????-????-????-????????????; do
        [ ! -f "$group/freezer.state" ] || echo THAWED > "$group/freezer.state"
        [ ! -f "$group/cgroup.freeze" ] || echo 0 > "$group/cgroup.freeze"
      done
    done
    """

  private static let name = "guard"

  private init(_ lifeline: Descriptor) {
    self.lifeline = lifeline
  }

  /// Starts a guard of an instance's containers.
  static func start(_ cgroups: CgroupHierarchy, instance: String) async throws(SandboxError) -> OrphanGuard {
    let directories = cgroups.parentDirectories
    guard !directories.isEmpty else {
      throw .startFailed(reason: "no control groups are mounted on this machine")
    }
    await endOthers(instance)
    let step = Task { () -> Result<OrphanGuard, any Error> in
      do {
        return .success(try await launch(directories, instance: instance))
      } catch {
        return .failure(error)
      }
    }
    do {
      return try await step.value.get()
    } catch {
      throw .startFailed(reason: "the guard of the containers could not be started: \(error)")
    }
  }

  /// Ends the guards of a runtime that died: one that the machine has kept waiting could meet our own containers.
  private static func endOthers(_ instance: String) async {
    let others = await BlockingWork.run {
      ProcessTable.processes(naming: instance).filter { number in
        // The shell that starts a guard has the same words, without the name.
        let words = ProcessTable.arguments(of: number).drop { $0 != script }.dropFirst().filter { $0 != name }
        return words.count > 1 && words[0] == instance && words[1] != "\(getpid())"
      }
    }
    for number in others {
      guard let process = try? ProcessHandle(processID: number) else { continue }
      process.kill()
      _ = await process.waitForExit()
    }
  }

  private static func launch(_ directories: [String], instance: String) async throws -> OrphanGuard {
    let pipe = try Pipe()
    defer { withExtendedLifetime(pipe) {} }
    let result = try await Subprocess.run(
      .path("/bin/sh"),
      arguments: Arguments(["-c", launch, script, instance, "\(getpid())"] + directories),
      environment: .custom(["PATH": "/usr/bin:/bin"]), workingDirectory: "/",
      input: .fileDescriptor(pipe.readingEnd.forChild, closeAfterSpawningProcess: false), output: .discarded,
      error: .discarded)
    guard result.terminationStatus.isSuccess else { throw SystemError(code: ECHILD) }
    return OrphanGuard(pipe.writingEnd)
  }
}
