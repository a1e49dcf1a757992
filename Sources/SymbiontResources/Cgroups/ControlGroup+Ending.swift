import Glibc
import SymbiontSystem

extension ControlGroup {
  /// How often what is left is killed: one round ends all when its processes can be stopped or killed together.
  private static let rounds = 20
  /// How long killed processes may take to be gone: much memory takes long to be given back.
  private static let patience = Duration.seconds(30)
  /// The kernel lets go of a group a moment after its last process ended, and of version 1 tells nobody when.
  private static let pause = Duration.milliseconds(10)
  private static let attempts = 200

  /// Kills all its processes, and returns when they are gone.
  ///
  /// None can escape by starting others: they are killed by the kernel together, or while they are stopped. Those that are
  /// children of this process are collected, but for the given ones, whose status another waits for.
  package func killAll(uncollected: Set<Int32> = []) async throws(ControlGroupError) {
    for _ in 0..<Self.rounds {
      let handles = handles()
      guard !handles.isEmpty else { return }
      await killTogether(handles)
      for handle in handles {
        if uncollected.contains(handle.processID) { continue }
        _ = await handle.waitForExit()
      }
      if handles.contains(where: { uncollected.contains($0.processID) }) { try await waitUntilEmpty() }
    }
    let left = processes.count
    guard left == 0 else { throw .stillRunning(path: path, processes: left) }
  }

  /// Handles of the processes; a number that was given to another process meanwhile is not among them.
  private func handles() -> [ProcessHandle] {
    let handles = processes.compactMap { try? ProcessHandle(processID: $0) }
    let current = processes
    return handles.filter { current.contains($0.processID) }
  }

  private func killTogether(_ handles: [ProcessHandle]) async {
    if let switching = fileTwo("cgroup.kill"), switching.exists { try? switching.write("1") }
    let isFrozen = (try? await freeze()) != nil
    // Those that were started since.
    for handle in isFrozen ? self.handles() : handles { handle.kill() }
    if isFrozen || self.isFrozen { try? thaw() }
  }

  /// Waits without taking anybody's status.
  private func waitUntilEmpty() async throws(ControlGroupError) {
    let deadline = ContinuousClock.now + Self.patience
    while !processes.isEmpty {
      guard ContinuousClock.now < deadline else { throw .stillRunning(path: path, processes: processes.count) }
      await CgroupWait.pause(Self.pause)
    }
  }

  /// Removes it and the groups in it from every tree; the processes must have ended.
  ///
  /// That it does not exist is no error.
  package func remove() async throws(ControlGroupError) {
    for _ in 0..<Self.attempts {
      if removeDirectories() { return }
      let left = processes.count
      guard left == 0 else { throw .stillRunning(path: path, processes: left) }
      await CgroupWait.pause(Self.pause)
    }
    let left = directories
    guard left.isEmpty else { throw .notRemoved(paths: left) }
  }

  /// False when a directory could not be removed.
  private func removeDirectories() -> Bool {
    nestedDirectories.reduce(true) { isDone, directory in
      (rmdir(directory) == 0 || errno == ENOENT) && isDone
    }
  }
}

extension SystemError {
  /// There is no such file.
  static var missing: SystemError { SystemError(code: ENOENT) }
}
