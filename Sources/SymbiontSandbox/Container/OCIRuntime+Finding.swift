import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension OCIRuntime {
  /// Finds the program of an engine, and asks it what it knows.
  init(_ engine: SandboxEngine, _ configuration: ContainerConfiguration) async throws(SandboxError) {
    guard [.runc, .crun, .runsc].contains(engine) else {
      throw .configurationInvalid(reason: "`\(engine.rawValue)` does not make containers of bundles")
    }
    self.engine = engine
    program = try EngineProcess(
      name: engine.rawValue, path: configuration.enginePath, timeout: configuration.engineTimeout)
    flags = engine == .runsc ? Self.kernelFlags(try await program.output(["flags"])) : []
    hiddenMounts = engine == .crun ? Self.confusingMounts(CgroupHierarchy(.current())) : []
  }

  /// crun takes control groups of both versions for an error, even when the version 2 tree has no controller.
  private static func confusingMounts(_ hierarchy: CgroupHierarchy) -> [String] {
    guard !hierarchy.controllerRoots.isEmpty, let root = hierarchy.unifiedRoot else { return [] }
    return [root]
  }

  /// The flags of runsc, of those that its build knows.
  ///
  /// The newer way to run the code of a sandbox needs no ptrace, and is faster. Files are shared with the machine, so
  /// nothing of them is kept in memory or beside the root.
  static func kernelFlags(_ help: String) -> [String] {
    var flags = [help.contains("systrap") ? "--platform=systrap" : "--platform=ptrace"]
    if help.contains("-overlay2") { flags.append("--overlay2=none") }
    return flags
  }
}
