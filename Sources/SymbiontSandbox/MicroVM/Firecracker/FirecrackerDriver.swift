import Glibc
public import SymbiontCore

/// Firecracker as an engine of tier 3.
///
/// Its interface is spoken and tested; no machine is started with it yet, because its guest is reached by another channel
/// than that of QEMU's machines. So it reports itself as unusable, and QEMU is taken.
public final class FirecrackerDriver: SandboxDriver {
  /// How machines would be made.
  public let configuration: MicroVMConfiguration

  private static let searchPath = ["/usr/local/bin", "/usr/bin", "/opt/firecracker"]

  /// Makes a driver; nothing is looked for before it is used.
  public init(_ configuration: MicroVMConfiguration) {
    self.configuration = configuration
  }

  /// Firecracker.
  public var engine: SandboxEngine { .firecracker }

  private var path: String? {
    let candidates = configuration.enginePath.map { [$0] } ?? Self.searchPath.map { "\($0)/firecracker" }
    return candidates.first { access($0, X_OK) == 0 }
  }

  /// Says what keeps it from being used.
  public func examine() async -> EngineReport {
    var report = EngineReport(engine: engine, path: path)
    guard let path else {
      report.failure = "the program `firecracker` is not to be found"
      report.hint = "install it from its releases; QEMU is used otherwise"
      return report
    }
    report.version = try? await ProgramOutput.read(path, ["--version"]).split(whereSeparator: \.isNewline).first
      .map(String.init)
    if access(AcceleratorDetection.devicePath, R_OK | W_OK) != 0 {
      report.failure = "it needs `\(AcceleratorDetection.devicePath)`, which cannot be used here"
      report.hint = "enable virtualization on this machine; QEMU is used otherwise"
    } else {
      report.failure = "this version starts no machines with it"
      report.hint = "install QEMU with `scripts/setup`, which is used instead"
    }
    return report
  }

  /// Refuses.
  public func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    let report = await examine()
    throw .engineMissing(
      engine: engine.rawValue, hint: [report.failure, report.hint].compactMap { $0 }.joined(separator: ": "))
  }

  /// Nothing was made.
  public func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] { [:] }

  /// None.
  public func survivors() async throws(SandboxError) -> Set<SandboxID> { [] }
}
