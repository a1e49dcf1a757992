import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension ContainerSandboxes {
  /// Looks whether the engine can be used here, without starting a sandbox.
  func examine() async -> EngineReport {
    var report = EngineReport(engine: engine)
    do throws(SandboxError) {
      let program = try await program()
      report.path = program.path
      report.version = try await program.version()
      report.capabilities = program.capabilities
      let limits = try await BlockingWork.perform { [configuration, engine] () throws(SandboxError) in
        let ground = try ContainerGround(configuration, engine: engine)
        try Self.requireUserNamespaces()
        return try Self.enforceable(ground.hierarchy)
      }
      report.capabilities.formUnion(limits.map(\.capability))
    } catch {
      report.failure = error.message
      report.hint = "run `scripts/setup` as root; `docs/operations.md` says what \(engine.rawValue) needs"
    }
    return report
  }

  private static func enforceable(_ hierarchy: CgroupHierarchy) throws(SandboxError) -> Set<ControlGroupLimit> {
    do throws(ControlGroupError) {
      return try hierarchy.enforceable()
    } catch {
      throw .limitUnenforceable(limit: "memory_mb", reason: "\(error)")
    }
  }

  /// Throws when the kernel makes no user namespaces.
  private static func requireUserNamespaces() throws(SandboxError) {
    guard access("/proc/self/ns/user", F_OK) == 0 else {
      throw .tierUnavailable(tier: .tier1, reason: "the kernel has no user namespaces")
    }
    let path = "/proc/sys/user/max_user_namespaces"
    guard Int(KernelFile.text(path).filter(\.isNumber)) == 0 else { return }
    throw .tierUnavailable(tier: .tier1, reason: "user namespaces are switched off: raise `user.max_user_namespaces`")
  }
}
