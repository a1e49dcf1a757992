import FoundationEssentials
import Glibc
import Logging
public import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension QEMUDriver {
  /// Kills and removes what a dead runtime left of these machines: processes, control groups and directories.
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    var reaped: [SandboxID: [String]] = [:]
    var failure: SandboxError?
    for sandboxID in sandboxIDs {
      do throws(SandboxError) {
        let removed = try await remove(ContainerName(instance: configuration.instance, sandboxID: sandboxID))
        if !removed.isEmpty { reaped[sandboxID] = removed }
      } catch {
        logger.error("\(error.message)", metadata: ["sandbox": "\(sandboxID)"])
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
    return reaped
  }

  /// The machines of this instance that have a directory, which is made before anything else of them.
  public func survivors() async throws(SandboxError) -> Set<SandboxID> {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: configuration.machinesDirectory)) ?? []
    return Set(entries.compactMap { ContainerName($0, instance: configuration.instance)?.sandboxID })
  }

  /// Removes states and initial files that were not completed.
  public func removeDrafts() async {
    guard await isUnused else { return }
    await BlockingWork.run { [configuration] in
      for directory in [configuration.templateDirectory, "\(configuration.stateDirectory)/microvm"] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for entry in entries where entry.hasSuffix(Self.draftSuffix) {
          let path = "\(directory)/\(entry)"
          if unlink(path) != 0 { try? FlatDirectory.remove(path) }
        }
      }
    }
  }

  /// What the names of files and directories that are being made end with.
  static let draftSuffix = ".new"

  private func remove(_ name: ContainerName) async throws(SandboxError) -> [String] {
    let directory = "\(configuration.machinesDirectory)/\(name)"
    guard access(directory, F_OK) == 0 else { return [] }
    var removed: [String] = []
    do {
      let path = "\(directory)/\(RunningMachine.processFile)"
      if let mark = ProcessMark(text: KernelFile.text(path)), mark.isAlive,
        let process = try? ProcessHandle(processID: mark.processID), mark.isAlive
      {
        process.kill()
        _ = await process.waitForExit()
        removed.append("process \(mark.processID) of QEMU")
      }
      let group = ControlGroup(name: name.description, hierarchy: CgroupHierarchy(.current()))
      if group.exists {
        try await group.killAll()
        try await group.remove()
        removed.append("control group `\(group.path)`")
      }
      try FlatDirectory.remove(directory)
      removed.append("directory `\(directory)`")
    } catch {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "\(error)")
    }
    return removed
  }
}
