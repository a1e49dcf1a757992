import FoundationEssentials
import Glibc
public import SymbiontCore
import SymbiontResources
import SymbiontSystem

extension QEMUDriver {
  /// Goes on from the state of a machine that has just started, or from the one that is given.
  public func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    let prepared = try await prepared()
    let source: MachineTemplates.Source
    let shape: MachineShape
    if let directory = launch.memorySnapshot {
      source = try await templates.source(directory)
      shape = try check(source.snapshot, launch, prepared)
    } else {
      shape = try self.shape(of: launch, prepared)
      source = try await templates.template(shape, prepared.toolkit)
    }
    let disks = try await BlockingWork.perform { () throws(SandboxError) in try Self.openDisks(launch) }
    var tap: Descriptor?
    if let network = launch.network { tap = try await TapDevice.open(network) }
    let plan = RunningMachine.Plan(
      name: ContainerName(instance: configuration.instance, sandboxID: launch.sandboxID), shape: shape,
      memory: source.memory, sharesMemory: false, isIncoming: true, volume: disks.volume, image: disks.image,
      tap: tap,
      limits: shape.controlGroupLimits(
        cores: launch.unenforced.contains(.processorLimit) ? nil : launch.limits.resources.cpuCores),
      diskBytesPerSecond: launch.limits.resources.diskBytesPerSecond)
    let machine = try await RunningMachine.start(plan, prepared.toolkit, configuration)
    do throws(SandboxError) {
      try await goOn(machine, from: source.snapshot, volumeBytes: disks.volume.bytes, launch)
    } catch {
      let failure = await machine.explained(error)
      try? await machine.destroy()
      throw failure
    }
    return QEMUSandbox(
      machine, launch, shape: shape, volumeBytes: disks.volume.bytes, toolkit: prepared.toolkit,
      configuration: configuration)
  }

  /// Starts a machine anew, without a saved state: what going on from one is measured against.
  package func launchAnew(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox {
    let prepared = try await prepared()
    let shape = try self.shape(of: launch, prepared)
    let (disks, memory) = try await BlockingWork.perform { () throws(SandboxError) in
      let disks = try Self.openDisks(launch)
      do throws(SystemError) { return (disks, try MachineMemory.make(megabytes: shape.memoryMegabytes)) } catch {
        throw .startFailed(reason: "the memory of the virtual machine could not be made: \(error)")
      }
    }
    let plan = RunningMachine.Plan(
      name: ContainerName(instance: configuration.instance, sandboxID: launch.sandboxID), shape: shape,
      memory: memory, sharesMemory: true, isIncoming: false, volume: disks.volume, image: disks.image, tap: nil,
      limits: shape.controlGroupLimits(
        cores: launch.unenforced.contains(.processorLimit) ? nil : launch.limits.resources.cpuCores),
      diskBytesPerSecond: launch.limits.resources.diskBytesPerSecond)
    let machine = try await RunningMachine.start(plan, prepared.toolkit, configuration)
    do throws(SandboxError) {
      try await machine.control.wait(for: "start of the guest", timeout: configuration.startTimeout) {
        $0.isGuestListening
      }
    } catch {
      let failure = await machine.explained(error)
      try? await machine.destroy()
      throw failure
    }
    return QEMUSandbox(
      machine, launch, shape: shape, volumeBytes: disks.volume.bytes, toolkit: prepared.toolkit,
      configuration: configuration)
  }

  private func goOn(
    _ machine: RunningMachine, from snapshot: MachineSnapshot, volumeBytes: Int, _ launch: SandboxLaunch
  ) async throws(SandboxError) {
    let timeout = configuration.engineTimeout
    let state = try await BlockingWork.perform { () throws(SandboxError) in
      do throws(SystemError) {
        return try snapshot.openState()
      } catch {
        throw .startFailed(reason: "`\(snapshot.statePath)` could not be opened: \(error)")
      }
    }
    try await machine.receive(from: state, leavesMemoryOut: true, timeout: timeout)
    try await machine.control.perform(.resize(MachineArguments.volumeName, bytes: volumeBytes), timeout: timeout)
    try await machine.control.perform(.resume, timeout: timeout)
  }

  private func shape(of launch: SandboxLaunch, _ prepared: Prepared) throws(SandboxError) -> MachineShape {
    let resources = launch.limits.resources
    guard resources.memoryMegabytes > 0, resources.memoryMegabytes <= Self.maximumMemoryMegabytes else {
      throw .limitUnenforceable(
        limit: "memory",
        reason: """
          a virtual machine of this driver has 1 to \(Self.maximumMemoryMegabytes) MB for commands, not \
          \(resources.memoryMegabytes)
          """)
    }
    return MachineShape(
      accelerator: prepared.accelerator, memoryLimitMegabytes: resources.memoryMegabytes, cores: resources.cpuCores,
      hasImage: launch.root.disk != .none, hasNetwork: launch.network != nil)
  }

  /// Above this the memory of this kind of machine has a hole, and its file is not what is saved here.
  static let maximumMemoryMegabytes = 2_560

  /// Whether a machine can go on from a state: with the same devices, on the same engine.
  private func check(
    _ snapshot: MachineSnapshot, _ launch: SandboxLaunch, _ prepared: Prepared
  ) throws(SandboxError) -> MachineShape {
    let shape = snapshot.manifest.shape
    guard snapshot.manifest.inputs == prepared.toolkit.inputs, shape.accelerator == prepared.accelerator else {
      throw .configurationInvalid(
        reason: "the memory in `\(snapshot.directory)` was saved by another version of QEMU, the kernel or the guest")
    }
    let wanted = try self.shape(of: launch, prepared)
    guard wanted == shape else {
      throw .configurationInvalid(
        reason: """
          a machine goes on from a snapshot with the memory, the processors, the image and the network that it was \
          saved with: \(shape) was saved, \(wanted) is wanted
          """)
    }
    return shape
  }

  private static func openDisks(_ launch: SandboxLaunch) throws(SandboxError) -> (volume: DiskFile, image: Descriptor?)
  {
    guard case .image(let path, let mounted) = launch.volume else {
      throw .configurationInvalid(
        reason: "a virtual machine cannot share a directory of the machine: give it a volume that is an image")
    }
    guard mounted == nil else {
      throw .configurationInvalid(reason: "the volume `\(path)` is mounted on the machine, so no other may mount it")
    }
    do throws(SystemError) {
      let volume = try DiskFile(path: path)
      guard case .image(let imagePath, _) = launch.root.disk else { return (volume, nil) }
      let image = try DiskFile.openForReading(path: imagePath)
      guard try image.status().st_size == ImageDisk.bytes else { throw SystemError(code: EINVAL) }
      return (volume, image)
    } catch {
      throw .startFailed(reason: "a disk of the virtual machine could not be opened: \(error)")
    }
  }
}

extension SandboxLaunch.Root {
  /// The disk of a machine that holds an image.
  enum Disk: Hashable {
    case none
    case image(path: String, isWritable: Bool)
  }

  /// For a virtual machine the files of an image are a file system in a file.
  var disk: Disk {
    switch self {
    case .machine: .none
    case .image(let path, let isWritable): .image(path: path, isWritable: isWritable)
    }
  }
}
