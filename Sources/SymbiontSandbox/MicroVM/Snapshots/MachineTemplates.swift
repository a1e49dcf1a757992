import Crypto
import FoundationEssentials
import Glibc
import Logging
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// The saved states that machines go on from, with their memory in files that all machines of a state share.
actor MachineTemplates {
  /// A saved state that is ready to be used.
  struct Source: Sendable {
    let snapshot: MachineSnapshot
    /// The memory; it cannot be changed.
    let memory: Descriptor
  }

  private let configuration: MicroVMConfiguration
  private let logger: Logger
  /// States that are loaded, by their directories, the ones used last at the end.
  private var loaded: [(directory: String, inputs: MachineSnapshot.Manifest, memory: Descriptor)] = []
  private var making: [MachineShape: Task<Result<Source, SandboxError>, Never>] = [:]

  /// Each costs as much memory as its machine had in use.
  private static let maximumLoaded = 6
  /// The disk of a machine whose state becomes a template; the machines that go on from it have disks of other sizes.
  private static let placeholderBytes = 16 * 1_048_576
  private static let directoryMode: mode_t = 0o700
  /// Threads of QEMU: processors, translation, and a pool that reads and writes files.
  static let threads = 192

  init(_ configuration: MicroVMConfiguration, logger: Logger) {
    self.configuration = configuration
    self.logger = logger
  }

  /// The state of a machine that has just started, of a shape; it is made when there is none that fits.
  func template(_ shape: MachineShape, _ toolkit: QEMUToolkit) async throws(SandboxError) -> Source {
    let task =
      making[shape]
      ?? Task { [configuration, logger] in
        await Self.loadOrMake(shape, toolkit, configuration, logger, cache: self)
      }
    making[shape] = task
    let result = await task.value
    if making[shape] == task { making[shape] = nil }
    return try result.get()
  }

  /// A saved state in a directory, with its memory loaded.
  func source(_ directory: String) async throws(SandboxError) -> Source {
    let snapshot = try await BlockingWork.perform { () throws(SandboxError) in
      try MachineSnapshot(directory: directory)
    }
    if let index = loaded.firstIndex(where: { $0.directory == directory && $0.inputs == snapshot.manifest }) {
      let entry = loaded.remove(at: index)
      loaded.append(entry)
      return Source(snapshot: snapshot, memory: entry.memory)
    }
    let memory = try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        return try snapshot.loadMemory()
      } catch {
        throw .startFailed(reason: "the memory in `\(directory)` could not be loaded: \(error)")
      }
    }
    remember(snapshot, memory)
    return Source(snapshot: snapshot, memory: memory)
  }

  /// Forgets the memory of a directory that is removed.
  func forget(_ directory: String) { loaded.removeAll { $0.directory == directory } }

  private func remember(_ snapshot: MachineSnapshot, _ memory: Descriptor) {
    loaded.removeAll { $0.directory == snapshot.directory }
    loaded.append((snapshot.directory, snapshot.manifest, memory))
    if loaded.count > Self.maximumLoaded { loaded.removeFirst(loaded.count - Self.maximumLoaded) }
  }

  private static func loadOrMake(
    _ shape: MachineShape, _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration, _ logger: Logger,
    cache: MachineTemplates
  ) async -> Result<Source, SandboxError> {
    let directory = "\(configuration.templateDirectory)/\(name(shape, toolkit))"
    do throws(SandboxError) {
      let source = try await cache.source(directory)
      if source.snapshot.manifest.inputs == toolkit.inputs, source.snapshot.manifest.shape == shape {
        return .success(source)
      }
    } catch {
      logger.debug("a virtual machine is started anew: \(error.message)")
    }
    do throws(SandboxError) {
      try await make(shape, toolkit, configuration, at: directory)
      return .success(try await cache.source(directory))
    } catch {
      return .failure(error)
    }
  }

  /// The name of a template: what it was made of, in a short form.
  private static func name(_ shape: MachineShape, _ toolkit: QEMUToolkit) -> String {
    let parts = [
      shape.accelerator.rawValue, "\(shape.memoryMegabytes)m", "\(shape.processors)p", shape.hasImage ? "image" : nil,
      shape.hasNetwork ? "network" : nil, String(toolkit.inputs.prefix(16)),
    ]
    return parts.compactMap { $0 }.joined(separator: "-")
  }

  /// Starts a machine anew, waits until its guest listens, and saves it.
  private static func make(
    _ shape: MachineShape, _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration, at directory: String
  ) async throws(SandboxError) {
    let temporary = directory + QEMUDriver.draftSuffix
    let (memory, state) = try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        try FlatDirectory.remove(temporary)
        guard mkdir(temporary, directoryMode) == 0 else { throw .last }
        return (
          try MachineMemory.make(megabytes: shape.memoryMegabytes), try MachineSnapshot.makeStateFile(in: temporary)
        )
      } catch {
        throw .startFailed(reason: "`\(temporary)` could not be made: \(error)")
      }
    }
    let machine = try await start(shape, memory: memory, toolkit, configuration)
    do throws(SandboxError) {
      try await machine.control.wait(for: "start of the guest", timeout: configuration.startTimeout) {
        $0.isGuestListening
      }
      try await machine.control.perform(.stop, timeout: configuration.engineTimeout)
      try await machine.send(to: state, leavesMemoryOut: true, timeout: configuration.engineTimeout)
    } catch {
      let failure = await machine.explained(error)
      try? await machine.destroy()
      throw failure
    }
    try await machine.destroy()
    try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        _ = try MachineSnapshot.complete(temporary, memory: memory, shape: shape, inputs: toolkit.inputs)
        try FlatDirectory.remove(directory)
        guard rename(temporary, directory) == 0 else { throw .last }
      } catch {
        throw .startFailed(reason: "the state of a virtual machine could not be kept in `\(directory)`: \(error)")
      }
    }
  }

  /// Starts a machine that is nobody's sandbox, with empty disks.
  private static func start(
    _ shape: MachineShape, memory: Descriptor, _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration,
    isIncoming: Bool = false
  ) async throws(SandboxError) -> RunningMachine {
    let plan = RunningMachine.Plan(
      name: ContainerName(instance: configuration.instance, sandboxID: SandboxID()), shape: shape, memory: memory,
      sharesMemory: true, isIncoming: isIncoming, volume: try placeholder(bytes: placeholderBytes),
      image: shape.hasImage ? try placeholder(bytes: ImageDisk.bytes).reading : nil, tap: nil,
      limits: shape.controlGroupLimits(cores: nil), diskBytesPerSecond: 0)
    return try await RunningMachine.start(plan, toolkit, configuration)
  }

  private static func placeholder(bytes: Int) throws(SandboxError) -> DiskFile {
    do throws(SystemError) {
      return try DiskFile(MachineMemory.make("symbiont-disk", bytes: bytes))
    } catch {
      throw .startFailed(reason: "an empty disk could not be made: \(error)")
    }
  }
}

extension MachineTemplates {
  /// Saves a stopped machine to a new directory, in the form in which many can go on from it.
  ///
  /// A machine that went on from a state has its changes to the memory in no file. So its whole state is sent to another
  /// QEMU whose memory is a file, which then saves the rest.
  static func save(
    _ machine: RunningMachine, shape: MachineShape, to directory: String, _ toolkit: QEMUToolkit,
    _ configuration: MicroVMConfiguration
  ) async throws(SandboxError) {
    let timeout = configuration.engineTimeout
    let (memory, state, stream) = try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        guard mkdir(directory, directoryMode) == 0 || errno == EEXIST else { throw .last }
        return (
          try MachineMemory.make(megabytes: shape.memoryMegabytes), try MachineSnapshot.makeStateFile(in: directory),
          try SocketPair()
        )
      } catch {
        throw .startFailed(reason: "`\(directory)` could not be made: \(error)")
      }
    }
    let receiver = try await start(shape, memory: memory, toolkit, configuration, isIncoming: true)
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await receiver.receive(from: stream.theirs, leavesMemoryOut: false, timeout: timeout) }
        group.addTask { try await machine.send(to: stream.ours, leavesMemoryOut: false, timeout: timeout) }
        try await group.waitForAll()
      }
      try await receiver.send(to: state, leavesMemoryOut: true, timeout: timeout)
      try await receiver.destroy()
    } catch {
      try? await receiver.destroy()
      throw (error as? SandboxError) ?? .engineFailed(engine: SandboxEngine.qemu.rawValue, reason: "\(error)")
    }
    try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        _ = try MachineSnapshot.complete(directory, memory: memory, shape: shape, inputs: toolkit.inputs)
      } catch {
        throw .startFailed(reason: "the state of the virtual machine could not be written: \(error)")
      }
    }
  }

  /// How processors are made best here.
  static func accelerator(
    _ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration, logger: Logger
  ) async -> MachineShape.Accelerator {
    let path = configuration.acceleratorPath
    if let finding = AcceleratorDetection.remembered(path) { return finding.accelerator }
    var finding = AcceleratorDetection.Finding(
      bootID: AcceleratorDetection.bootID, accelerator: .translation, reason: AcceleratorDetection.obstacle)
    if finding.reason == nil {
      finding.reason = await obstacle(toolkit, configuration)
      if finding.reason == nil { finding.accelerator = .kvm }
    }
    if let reason = finding.reason {
      logger.notice("virtual machines are translated, which is slow: \(reason)")
    }
    AcceleratorDetection.remember(finding, at: path)
    return finding.accelerator
  }

  /// Starts a small machine on the hardware; why that did not work, or nil.
  private static func obstacle(_ toolkit: QEMUToolkit, _ configuration: MicroVMConfiguration) async -> String? {
    let shape = MachineShape(
      accelerator: .kvm, memoryLimitMegabytes: 64, cores: 1, hasImage: false, hasNetwork: false)
    do throws(SandboxError) {
      let memory: Descriptor
      do throws(SystemError) {
        memory = try MachineMemory.make(megabytes: shape.memoryMegabytes)
      } catch {
        return "its memory could not be made: \(error)"
      }
      let machine = try await start(shape, memory: memory, toolkit, configuration)
      let result: String?
      do throws(SandboxError) {
        try await machine.control.wait(for: "start of the guest", timeout: AcceleratorDetection.patience) {
          $0.isGuestListening
        }
        result = nil
      } catch {
        result = "a virtual machine did not start on the hardware: \(await machine.explained(error).message)"
      }
      try await machine.destroy()
      return result
    } catch {
      return error.message
    }
  }
}

extension MachineShape {
  /// The limits of QEMU's control group.
  func controlGroupLimits(cores: Double?) -> ControlGroupLimits {
    ControlGroupLimits(
      memoryBytes: (memoryMegabytes + overheadMegabytes) * ResourceLimits.bytesPerMegabyte, cpuCores: cores,
      processes: MachineTemplates.threads)
  }
}
