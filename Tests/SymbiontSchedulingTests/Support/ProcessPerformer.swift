import Glibc
import SymbiontScheduling
import SymbiontSystem

/// Carries a task out as a tree of real processes: a shell, and programs that it starts.
struct ProcessPerformer: TaskPerformer {
  let script: String
  /// Tells the process group of each tree that was started.
  let started: @Sendable (Int32) -> Void

  func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    let process = try ProcessStart(
      program: "/bin/sh", arguments: ["-c", script], environment: ["PATH=/usr/bin:/bin"], descriptors: [:]
    ).start()
    started(process.processID)
    let status = await withTaskCancellationHandler {
      await process.waitForExit()
    } onCancel: {
      // The shell leads a group of its own, which everything that it starts belongs to.
      kill(-process.processID, SIGKILL)
    }
    // Nothing of the group is left when this returns, or it would not have stopped.
    // Other tests make this process the parent of what loses its own; then nobody else collects what has ended.
    while kill(-process.processID, 0) == 0 {
      waitpid(-process.processID, nil, WNOHANG)
      await Task.yield()
    }
    guard status == .exited(0) else { throw StagedPerformer.Failure(description: "\(String(describing: status))") }
    return []
  }
}
