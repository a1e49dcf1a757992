import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension QEMUDriver {
  /// What machines of this driver can do.
  static let capabilities: Set<SandboxCapability> = [
    .memoryLimit, .processorLimit, .processLimit, .diskRateLimit, .networkRateLimit, .workspaceLimit, .egressAllowList,
    .limitUpdate, .pause, .fileSnapshot, .memorySnapshot, .images,
  ]

  private static let hint = "run `scripts/setup`, which installs QEMU and fetches a kernel for its machines"

  /// Looks for QEMU, the kernel and the guest, and for what confines them.
  public func examine() async -> EngineReport {
    var report = EngineReport(engine: engine)
    do throws(SandboxError) {
      try configuration.validate()
      report.path = try QEMUToolkit.locate(configuration)
      report.version = try await QEMUToolkit.version(of: report.path ?? "")
      let cgroups = CgroupHierarchy(.current())
      try QEMUToolkit.requireFacilities(cgroups)
      let kernel = try MicroVMKernel(directory: configuration.kernelDirectory)
      if configuration.guestPath == nil { _ = try GuestProgram.locate() }
      report.version = [report.version, "Linux \(kernel.version)", accelerationNote].compactMap { $0 }
        .joined(separator: ", ")
      report.capabilities = capabilities(cgroups)
    } catch {
      report.failure = error.message
      report.hint = Self.hint
    }
    return report
  }

  private func capabilities(_ cgroups: CgroupHierarchy) -> Set<SandboxCapability> {
    let enforceable = (try? cgroups.enforceable()) ?? []
    var capabilities = Self.capabilities
    // The machine's own size bounds memory and processes in any case; only time is up to the control groups.
    if !enforceable.contains(.processor) { capabilities.remove(.processorLimit) }
    if access(TapDevice.controlPath, F_OK) != 0 {
      capabilities.subtract([.egressAllowList, .networkRateLimit])
    }
    return capabilities
  }

  /// How processors are made, as far as it is known without starting a machine.
  private var accelerationNote: String? {
    if let finding = AcceleratorDetection.remembered(configuration.acceleratorPath) {
      return finding.reason.map { "translated (\($0))" } ?? "KVM"
    }
    return AcceleratorDetection.obstacle.map { "translated (\($0))" }
  }
}
