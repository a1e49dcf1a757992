import SymbiontCore
import SymbiontResources

/// The guards of this process: one for each instance, shared by all its drivers.
///
/// With one for each driver, giving up one driver would kill the containers of the others.
actor OrphanGuards {
  /// The guards of this process.
  static let shared = OrphanGuards()

  private struct Entry {
    weak var held: OrphanGuard?
  }

  private var entries: [String: Entry] = [:]
  private var starting: [String: Task<Result<OrphanGuard, SandboxError>, Never>] = [:]

  /// The guard of an instance, which lives as long as somebody holds it.
  func guarding(_ hierarchy: CgroupHierarchy, instance: String) async throws(SandboxError) -> OrphanGuard {
    if let held = entries[instance]?.held { return held }
    let task = starting[instance] ?? Task { await Self.start(hierarchy, instance: instance) }
    starting[instance] = task
    let result = await task.value
    if starting[instance] == task { starting[instance] = nil }
    let started = try result.get()
    entries = entries.filter { $0.value.held != nil }
    entries[instance] = Entry(held: started)
    return started
  }

  private static func start(
    _ hierarchy: CgroupHierarchy, instance: String
  ) async -> Result<OrphanGuard, SandboxError> {
    do throws(SandboxError) {
      return .success(try await OrphanGuard.start(hierarchy, instance: instance))
    } catch {
      return .failure(error)
    }
  }
}
