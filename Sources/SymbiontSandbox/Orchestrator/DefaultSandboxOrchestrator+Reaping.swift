import Logging
public import SymbiontCore
import SymbiontStore
import Synchronization

extension DefaultSandboxOrchestrator {
  /// Removes everything that a dead runtime left of its sandboxes: what the engines, the networks and the volumes have of
  /// this instance, and the rows.
  ///
  /// It is for the start of a runtime, before the first sandbox is made; sandboxes that this orchestrator has made since
  /// are left alone. What could not be removed is in the report, and its row stays for the next time.
  public func reapAll(except excepted: Set<SandboxID> = []) async -> ReapReport {
    await reap(only: nil, except: excepted)
  }

  /// The same for these sandboxes only.
  func reap(_ sandboxIDs: Set<SandboxID>) async -> ReapReport { await reap(only: sandboxIDs, except: []) }

  private func reap(only: Set<SandboxID>?, except excepted: Set<SandboxID>) async -> ReapReport {
    let own = Own(
      excepted: excepted.union(registry.withLock { Array($0.entries.keys) }), only: only)
    var report = ReapReport()
    var failed: Set<SandboxID> = []
    let rows = await rows(&report)
    for driver in drivers.values.sorted(by: { $0.engine.rawValue < $1.engine.rawValue }) {
      await reap(own, &report, &failed) { () async throws(SandboxError) in
        try await driver.survivors()
      } removing: { ids async throws(SandboxError) in
        try await driver.reap(ids)
      }
    }
    if only == nil { for driver in drivers.values { await driver.removeDrafts() } }
    if let networks {
      await reap(own, &report, &failed) { () async throws(SandboxError) in
        try await networks.survivors()
      } removing: { ids async throws(SandboxError) in
        try await networks.reap(ids)
      }
    }
    // Volumes last: what an engine had open holds them.
    await reap(own, &report, &failed) { () async throws(SandboxError) in
      await BlockingWork.run { [volumes] in volumes.survivors().union(self.attachPoints()).union(volumes.deadDrafts()) }
    } removing: { [volumes] ids async throws(SandboxError) in
      var removed: [SandboxID: [String]] = [:]
      for id in ids {
        var objects = try await self.removeAttachPoint(id) ? ["mount `\(self.attachPath(id))`"] : []
        objects += try await volumes.remove(id)
        objects += try await volumes.removeDraft(id)
        if !objects.isEmpty { removed[id] = objects }
      }
      return removed
    }
    await BlockingWork.run { [configuration] in
      SnapshotStore(directory: configuration.snapshotsDirectory).removeDrafts()
    }
    await forget(own.others(Set(rows.map(\.id))).subtracting(failed).sorted(), &report)
    tell(report)
    return report
  }

  /// Which sandboxes are not to be touched.
  private struct Own {
    var excepted: Set<SandboxID>
    var only: Set<SandboxID>?

    func others(_ found: Set<SandboxID>) -> Set<SandboxID> {
      let found = found.subtracting(excepted)
      return only.map { found.intersection($0) } ?? found
    }
  }

  /// Removes what is left of one kind of object.
  private func reap(
    _ own: Own, _ report: inout ReapReport, _ failed: inout Set<SandboxID>,
    _ survivors: () async throws(SandboxError) -> Set<SandboxID>,
    removing: ([SandboxID]) async throws(SandboxError) -> [SandboxID: [String]]
  ) async {
    var ids: Set<SandboxID> = []
    do throws(SandboxError) {
      ids = own.others(try await survivors())
    } catch .engineMissing {
      // What an engine made needs it to be there no longer; what it left in the kernel is found by other drivers.
      return
    } catch {
      report.failures.append(error.message)
    }
    // One by one, so that one that resists does not keep the others.
    for id in ids.sorted() {
      do throws(SandboxError) { report.add(try await removing([id])) } catch {
        failed.insert(id)
        report.failures.append(error.message)
      }
    }
  }

  private func rows(_ report: inout ReapReport) async -> [SandboxRow] {
    do throws(StoreError) { return try await store.read { store in try store.sandboxes() } } catch {
      report.failures.append("the rows of the sandboxes could not be read: \(error)")
      return []
    }
  }

  private func forget(_ ids: [SandboxID], _ report: inout ReapReport) async {
    guard !ids.isEmpty else { return }
    do throws(StoreError) {
      try await store.write { store in for id in ids { try store.removeSandbox(id) } }
      for id in ids { report.add([id: ["row"]]) }
    } catch {
      report.failures.append("the rows of \(ids.count) sandboxes could not be removed: \(error)")
    }
  }

  private func tell(_ report: ReapReport) {
    for (id, objects) in report.removed.sorted(by: { $0.key < $1.key }) {
      logger.notice(
        "removed what a dead runtime left: \(objects.joined(separator: ", "))", metadata: ["sandbox": "\(id)"])
    }
    for failure in report.failures { logger.error("\(failure)") }
  }
}
