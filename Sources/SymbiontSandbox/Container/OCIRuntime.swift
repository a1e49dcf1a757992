import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// runc, crun or runsc: programs that make containers of the bundles of the OCI runtime specification.
struct OCIRuntime: ContainerEngine {
  let engine: SandboxEngine
  let program: EngineProcess
  /// What is said to the program before its verb, but for the directory of its state.
  let flags: [String]
  /// Mounts of the machine that confuse the program.
  let hiddenMounts: [String]

  var path: String { program.path }

  var capabilities: Set<SandboxCapability> {
    let common: Set<SandboxCapability> = [
      .networkRateLimit, .workspaceLimit, .egressAllowList, .limitUpdate, .pause, .fileSnapshot, .images,
      .sharedWorkspace,
    ]
    // gVisor keeps the directory that was there first, whatever is mounted on it later.
    return engine == .runc ? common.union([.lateWorkspace]) : common
  }

  func version() async throws(SandboxError) -> String {
    let text = try await program.output(["--version"])
    guard let line = text.split(separator: "\n").first else {
      throw .engineFailed(engine: engine.rawValue, reason: "`\(path) --version` printed nothing")
    }
    return String(line)
  }

  func machineProcesses(for limit: Int) -> Int { engine == .runsc ? GVisorKernel.machineProcesses(for: limit) : limit }

  func start(_ order: ContainerOrder) async throws(SandboxError) -> StartedContainer {
    let ground = order.ground
    let specification = ContainerSpecification(
      order.launch, group: order.group, rootPath: ground.rootPath(of: order.launch),
      mounts: known(ground.mounts(of: order.launch)), limitsProcessesInside: engine == .runsc,
      mappings: mappings(order.launch, ground.configuration))
    try order.bundle.write(specification)
    var content = order.content
    content.hidden = hiddenMounts
    let stage = ground.directories.stage
    let process = try await program.start(arguments(order), order.streams.descriptors) {
      [content] () throws(SandboxError) in try stage.mount(content)
    }
    ground.hierarchy.keepMovesReady(while: process)
    let status = try await program.finish(process, step: Self.verb(engine))
    guard status == .exited(0) else {
      throw EngineLog(path: order.bundle.logPath).error(starting: ContainerSpecification.guestPath)
    }
    return try await BlockingWork.perform { () throws(SandboxError) in try release(order) }
  }

  /// gVisor starts its kernel, where that uses the sockets of a namespace, as the user that started it, in the sandbox's
  /// user namespace; one that is not mapped there has no rights in it, and the start fails.
  private func mappings(
    _ launch: SandboxLaunch, _ configuration: ContainerConfiguration
  ) -> [ContainerSpecification.Linux.IDMapping] {
    let mapping = configuration.mapping
    guard engine == .runsc, launch.network != nil else { return [mapping] }
    return [
      ContainerSpecification.Linux.IDMapping(containerID: 0, hostID: geteuid(), size: 1),
      ContainerSpecification.Linux.IDMapping(containerID: 1, hostID: mapping.hostID + 1, size: mapping.size - 1),
    ]
  }

  /// gVisor does not know the recursive form of read-only, and does not need it: mounts of the machine that are below a
  /// mount are part of it there.
  private func known(_ mounts: [ContainerSpecification.Mount]) -> [ContainerSpecification.Mount] {
    guard engine == .runsc else { return mounts }
    return mounts.map { mount in
      var mount = mount
      mount.options = mount.options.map { $0 == "rro" ? "ro" : $0 }
      return mount
    }
  }

  /// runsc has no moment between making and starting that costs less than a second start of its program.
  private static func verb(_ engine: SandboxEngine) -> String { engine == .runsc ? "run" : "create" }

  private func arguments(_ order: ContainerOrder) -> [String] {
    let isGVisor = engine == .runsc
    return ["--root", order.ground.directories.engineState, "--log", order.bundle.logPath, "--log-format", "json"]
      + flags + (isGVisor ? ["--panic-log", order.bundle.panicPath] : []) + networkFlags(order.launch)
      + [Self.verb(engine)] + (isGVisor ? ["--detach"] : []) + [
        "--bundle", order.bundle.path, "--pid-file", order.bundle.processIDPath, order.name.description,
      ]
  }

  /// gVisor's own network stack is not given the machine's devices; it uses the sockets of the namespace, whose rules hold
  /// for it like for every process.
  private func networkFlags(_ launch: SandboxLaunch) -> [String] {
    guard engine == .runsc else { return [] }
    return ["--network=\(launch.network == nil ? "none" : "host")"]
  }

  private func release(_ order: ContainerOrder) throws(SandboxError) -> StartedContainer {
    let processID = try order.bundle.processID()
    do throws(SystemError) {
      let process = try ProcessHandle(processID: processID)
      let held = try letGo(order.name, in: order.ground.directories)
      return StartedContainer(process: process, roots: [process], held: held)
    } catch {
      throw .startFailed(reason: "process \(processID) of the container could not be released: \(error)")
    }
  }

  /// Lets the first process of a made container become the guest.
  ///
  /// It waits at a FIFO in the engine's state: that of runc until somebody reads there, that of crun until somebody writes.
  /// Doing it here saves a start of the engine.
  private func letGo(_ name: ContainerName, in directories: ContainerDirectories) throws(SystemError) -> [Descriptor] {
    guard engine != .runsc else { return [] }
    let path = "\(directories.engineState)/\(name)/exec.fifo"
    let mode = engine == .crun ? O_WRONLY : O_RDONLY
    let number = open(path, mode | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let end = Descriptor(owning: number)
    if engine == .crun { try end.write([1]) }
    return [end]
  }
}

extension OCIRuntime {
  func forget(_ name: ContainerName, in directories: ContainerDirectories) throws(SystemError) {
    for entry in entries(in: directories) where Self.name(entry, instance: name.instance) == name {
      let path = "\(directories.engineState)/\(entry)"
      if unlink(path) == 0 || errno == ENOENT { continue }
      try EngineState(path: path).unmount()
      try FlatDirectory.remove(path)
    }
  }

  func known(in directories: ContainerDirectories, instance: String) -> Set<ContainerName> {
    Set(entries(in: directories).compactMap { Self.name($0, instance: instance) })
  }

  private func entries(in directories: ContainerDirectories) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: directories.engineState)) ?? []
  }

  /// runc and crun have a directory of the name of each container, runsc has files whose names contain it.
  private static func name(_ entry: String, instance: String) -> ContainerName? {
    if let name = ContainerName(entry, instance: instance) { return name }
    guard let start = entry.firstRange(of: "\(instance)-")?.lowerBound else { return nil }
    let length = instance.count + 1 + SandboxID().description.count
    return ContainerName(String(entry[start...].prefix(length)), instance: instance)
  }
}
