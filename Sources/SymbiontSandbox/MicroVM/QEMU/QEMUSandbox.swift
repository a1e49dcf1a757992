import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import Synchronization

/// A virtual machine that is a sandbox.
final class QEMUSandbox: LaunchedSandbox {
  private let machine: RunningMachine
  private let launch: SandboxLaunch
  private let shape: MachineShape
  private let volumeBytes: Int
  private let toolkit: QEMUToolkit
  private let configuration: MicroVMConfiguration
  private let limits: Mutex<SandboxLimits>

  private static let engine = SandboxEngine.qemu.rawValue

  init(
    _ machine: RunningMachine, _ launch: SandboxLaunch, shape: MachineShape, volumeBytes: Int, toolkit: QEMUToolkit,
    configuration: MicroVMConfiguration
  ) {
    self.machine = machine
    self.launch = launch
    self.shape = shape
    self.volumeBytes = volumeBytes
    self.toolkit = toolkit
    self.configuration = configuration
    limits = Mutex(launch.limits)
  }

  var channel: GuestChannel { machine.channel }
  var controlGroupPath: String? { machine.group.path }
  var guestSettings: [GuestSetting] { MachineSettings.settings(for: launch, volumeBytes: volumeBytes) }
  /// The process of QEMU.
  var processID: Int32 { machine.processID }
  /// What the machine printed on its console, as far as it is kept.
  var consoleText: String { machine.consoleText }

  func pause() async throws(SandboxError) {
    try await explaining { () throws(SandboxError) in
      try await machine.control.perform(.stop, timeout: configuration.engineTimeout)
    }
  }

  func resume() async throws(SandboxError) {
    try await explaining { () throws(SandboxError) in
      try await machine.control.perform(.resume, timeout: configuration.engineTimeout)
    }
  }

  func saveMemory(to directory: String) async throws(SandboxError) {
    try await explaining { () throws(SandboxError) in
      try await MachineTemplates.save(machine, shape: shape, to: directory, toolkit, configuration)
    }
  }

  func update(_ limits: SandboxLimits) async throws(SandboxError) {
    let former = self.limits.withLock { $0 }
    // What only the kernel in the machine could change is refused before anything is changed.
    guard limits.resources.memoryMegabytes == former.resources.memoryMegabytes else {
      throw .limitUnenforceable(limit: "memory", reason: "the memory of a virtual machine is set when it starts")
    }
    guard limits.processes == former.processes else {
      throw .limitUnenforceable(limit: "pids", reason: "the processes of a virtual machine are limited when it starts")
    }
    guard limits.workspaceMegabytes == former.workspaceMegabytes else {
      throw .limitUnenforceable(limit: "workspace", reason: "the disk of a virtual machine is made before it starts")
    }
    let cores = limits.resources.cpuCores
    try await BlockingWork.perform { [machine] () throws(SandboxError) in
      do {
        try machine.group.apply(ControlGroupLimits(cpuCores: cores))
      } catch {
        throw .limitUnenforceable(limit: "cpu", reason: "\(error)")
      }
    }
    try await explaining { () throws(SandboxError) in
      try await machine.control.perform(
        .throttle(
          MachineArguments.volumeName, group: MachineArguments.diskGroup,
          bytesPerSecond: limits.resources.diskBytesPerSecond),
        timeout: configuration.engineTimeout)
    }
    self.limits.withLock { $0 = limits }
  }

  /// What QEMU says that it holds its disks to; nil when one of them has no bound.
  func engineDiskRate() async throws(SandboxError) -> Int? {
    try await explaining { () throws(SandboxError) in
      try await machine.control.perform(.disks, timeout: configuration.engineTimeout)
    }
    let rates = machine.control.facts.diskRates.filter {
      [MachineArguments.volumeName, MachineArguments.imageName].contains($0.key)
    }
    guard rates[MachineArguments.volumeName] != nil, !rates.values.contains(0) else { return nil }
    return rates.values.max()
  }

  func waitForEnd() async -> SandboxEnding { await machine.waitForEnd() }

  func destroy() async throws(SandboxError) { try await machine.destroy() }

  private func explaining(_ body: () async throws(SandboxError) -> Void) async throws(SandboxError) {
    do throws(SandboxError) {
      try await body()
    } catch {
      throw await machine.explained(error)
    }
  }
}
