import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// One QEMU process with its control connection, its channels and its control group.
final class RunningMachine: Sendable {
  /// What a machine is started with.
  struct Plan: Sendable {
    var name: ContainerName
    var shape: MachineShape
    /// The memory, and whether the machine changes the file itself.
    var memory: Descriptor
    var sharesMemory: Bool
    /// Whether it waits for the state of another machine.
    var isIncoming: Bool
    /// The volume.
    var volume: DiskFile
    /// The disk with the files of an image.
    var image: Descriptor?
    /// The device of its network.
    var tap: Descriptor?
    var limits: ControlGroupLimits
    var diskBytesPerSecond: Int
  }

  let name: ContainerName
  /// The host's end of the channel to the guest.
  let channel: GuestChannel
  let control: QMPClient
  let group: ControlGroup
  let processID: Int32
  private let process: MachineProcess
  private let output: TailCollector
  private let console: TailCollector
  private let directory: String
  private let end: Task<SandboxEnding, Never>

  private static let engine = SandboxEngine.qemu.rawValue
  private static let directoryMode: mode_t = 0o700
  /// The file in a machine's directory that names its process.
  static let processFile = "process"

  /// Starts QEMU in its control group and waits until it takes commands.
  ///
  /// Nothing is left behind when it throws.
  static func start(
    _ plan: Plan, _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration
  ) async throws(SandboxError) -> RunningMachine {
    let group = ControlGroup(name: plan.name.description, hierarchy: toolkit.cgroups)
    let directory = "\(configuration.machinesDirectory)/\(plan.name)"
    let machine: RunningMachine
    do {
      machine = try await BlockingWork.perform { () throws(SandboxError) in
        try RunningMachine(plan, toolkit, configuration, group: group, directory: directory)
      }
    } catch {
      try? await group.killAll()
      try? await group.remove()
      try? FlatDirectory.remove(directory)
      throw error
    }
    do throws(SandboxError) {
      let timeout = configuration.engineTimeout
      try await machine.control.wait(for: "greeting", timeout: timeout) { $0.version != nil }
      try await machine.control.perform(.capabilities, timeout: timeout)
      return machine
    } catch {
      let failure = await machine.explained(error)
      try? await machine.destroy()
      throw failure
    }
  }

  private init(
    _ plan: Plan, _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration, group: ControlGroup, directory: String
  ) throws(SandboxError) {
    name = plan.name
    self.group = group
    self.directory = directory
    do {
      guard mkdir(directory, Self.directoryMode) == 0 else { throw SystemError.last }
      try group.create()
      try group.apply(plan.limits)
      let (guest, control, console) = (try SocketPair(), try SocketPair(), try SocketPair())
      let output = try Pipe()
      let inherited = Self.inherited(plan, guest: guest, control: control, console: console)
      let arguments = MachineArguments(
        shape: plan.shape, program: toolkit.program, kernelPath: toolkit.kernel.imagePath,
        initialFilesPath: toolkit.initialFilesPath, sharesMemory: plan.sharesMemory, isIncoming: plan.isIncoming,
        diskBytesPerSecond: plan.diskBytesPerSecond, descriptors: inherited.numbers)
      let confinement = MachineConfinement(
        userID: configuration.firstUserID,
        accelerationGroup: plan.shape.accelerator == .kvm ? AcceleratorDetection.deviceGroup : nil)
      process = try MachineProcess(
        confinement.words + arguments.words, descriptors: inherited.descriptors, output: output.writingEnd)
      self.output = TailCollector(output.readingEnd)
      self.console = TailCollector(console.ours)
      self.control = QMPClient(control.ours)
      channel = GuestChannel(reading: guest.ours, writing: guest.ours)
      processID = process.handle.processID
    } catch {
      throw .startFailed(reason: "the virtual machine could not be prepared: \(error)")
    }
    end = Self.watch(process, control, output, console)
    do {
      try group.add(processID: processID)
      let mark = ProcessMark.current(of: processID) ?? ProcessMark(processID: processID, startTicks: 0)
      try Data(mark.text.utf8).write(to: URL(filePath: "\(directory)/\(Self.processFile)"))
      try process.release()
    } catch {
      process.handle.kill()
      throw .startFailed(reason: "the virtual machine could not be put into its control group: \(error)")
    }
  }

  /// The descriptors that QEMU inherits, and the numbers that it has them under.
  private static func inherited(
    _ plan: Plan, guest: SocketPair, control: SocketPair, console: SocketPair
  ) -> (descriptors: [Descriptor], numbers: MachineArguments.Descriptors) {
    var descriptors: [Descriptor] = []
    func number(_ descriptor: Descriptor) -> Int32 {
      descriptors.append(descriptor)
      return MachineProcess.firstDescriptor + Int32(descriptors.count - 1)
    }
    let numbers = MachineArguments.Descriptors(
      guest: number(guest.theirs), control: number(control.theirs), console: number(console.theirs),
      memory: number(plan.memory), volumeReading: number(plan.volume.reading),
      volumeWriting: number(plan.volume.writing), image: plan.image.map(number), tap: plan.tap.map(number))
    return (descriptors, numbers)
  }

  /// Waits for the end of the process, tells everyone who waits for QEMU, and says how it ended.
  private static func watch(
    _ process: MachineProcess, _ control: QMPClient, _ output: TailCollector, _ console: TailCollector
  ) -> Task<SandboxEnding, Never> {
    Task {
      let status = await process.handle.waitForExit()
      let shutdown = control.facts.shutdown
      var reason =
        switch status {
        case .exited(0): shutdown.map { "the virtual machine shut down (\($0))" } ?? "the virtual machine ended"
        case .exited(let code): "QEMU exited with code \(code)"
        case .signalled(let signal): "QEMU was ended by signal \(signal)"
        case nil: "QEMU ended in an unknown way"
        }
      if let line = output.lastLine { reason += ": \(line)" }
      reason += "; its console ends with: \(console.text.suffix(1500))"
      control.fail(.engineFailed(engine: engine, reason: reason))
      return SandboxEnding(reason: reason)
    }
  }

  /// What the machine printed on its console, as far as it is kept.
  var consoleText: String { console.text }

  /// Returns once the process has ended.
  func waitForEnd() async -> SandboxEnding { await end.value }

  /// An error of the control connection, with the reason of the machine's end when that is what it comes from.
  func explained(_ error: SandboxError) async -> SandboxError {
    guard case .engineFailed = error, ProcessMark.current(of: processID) == nil else { return error }
    return .engineFailed(engine: Self.engine, reason: await end.value.reason)
  }

  /// Kills it and removes everything of it; doing it again changes nothing.
  func destroy() async throws(SandboxError) {
    process.handle.kill()
    _ = await end.value
    do {
      try await group.killAll(uncollected: [processID])
      try await group.remove()
      try FlatDirectory.remove(directory)
    } catch {
      throw .cleanupFailed(sandboxID: name.sandboxID, reason: "\(error)")
    }
  }
}

extension RunningMachine {
  /// The two settings that both ends of a transfer must agree on: memory that is a file of its own is left out, or not.
  private func prepareTransfer(leavesMemoryOut: Bool, timeout: Duration) async throws(SandboxError) {
    control.forgetTransfer()
    try await control.perform(
      .migrationCapabilities(["events": true, "x-ignore-shared": leavesMemoryOut]), timeout: timeout)
  }

  private static let descriptorName = "state"
  /// The kernel's pace is the bound.
  private static let bandwidth = 1 << 40

  /// Sends the state of the machine, which must be stopped.
  func send(to descriptor: Descriptor, leavesMemoryOut: Bool, timeout: Duration) async throws(SandboxError) {
    try await prepareTransfer(leavesMemoryOut: leavesMemoryOut, timeout: timeout)
    try await control.perform(.migrationBandwidth(bytesPerSecond: Self.bandwidth), timeout: timeout)
    try await control.perform(.takeDescriptor(Self.descriptorName), descriptor: descriptor, timeout: timeout)
    try await control.perform(.send(to: Self.descriptorName), timeout: timeout)
    try await awaitTransfer("saving its state", timeout: timeout)
  }

  /// Takes the state of another machine.
  func receive(from descriptor: Descriptor, leavesMemoryOut: Bool, timeout: Duration) async throws(SandboxError) {
    try await prepareTransfer(leavesMemoryOut: leavesMemoryOut, timeout: timeout)
    try await control.perform(.takeDescriptor(Self.descriptorName), descriptor: descriptor, timeout: timeout)
    try await control.perform(.receive(from: Self.descriptorName), timeout: timeout)
    try await awaitTransfer("going on from a saved state", timeout: timeout)
  }

  private func awaitTransfer(_ purpose: String, timeout: Duration) async throws(SandboxError) {
    let facts = try await control.wait(for: purpose, timeout: timeout) {
      $0.transfer == .completed || $0.transfer == .failed
    }
    guard facts.transfer == .completed else {
      throw .engineFailed(engine: Self.engine, reason: "\(purpose) failed: \(output.lastLine ?? "it gave no reason")")
    }
  }
}
