import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// The bubblewrap program, which makes namespaces and mounts and then becomes the guest.
///
/// It runs as the user that is the administrator inside, who has no rights on the machine. It waits for its user namespace
/// to be set up from outside, and in that moment it is put into its control group.
struct Bubblewrap: ContainerEngine {
  let engine = SandboxEngine.bubblewrap
  let program: EngineProcess
  /// The program that lowers limits of a process before it becomes another.
  let limiter: EngineProcess
  /// The filter of system calls, compiled.
  let filter: [UInt8]

  var path: String { program.path }

  var capabilities: Set<SandboxCapability> {
    [
      .networkRateLimit, .workspaceLimit, .egressAllowList, .limitUpdate, .pause, .fileSnapshot, .images,
      .sharedWorkspace,
    ]
  }

  /// The first process waits outside of the namespaces for the end of the second.
  private static let waitingProcesses = 1

  /// Finds the program and compiles the filter.
  init(_ configuration: ContainerConfiguration) throws(SandboxError) {
    program = try EngineProcess(name: "bwrap", path: configuration.enginePath, timeout: configuration.engineTimeout)
    limiter = try EngineProcess(name: "prlimit", path: nil, timeout: configuration.engineTimeout)
    filter = try SeccompFilter.compile(.standard)
  }

  func version() async throws(SandboxError) -> String {
    let text = try await program.output(["--version"])
    guard let line = text.split(separator: "\n").first else {
      throw .engineFailed(engine: engine.rawValue, reason: "`\(path) --version` printed nothing")
    }
    return String(line)
  }

  func machineProcesses(for limit: Int) -> Int {
    let (sum, overflow) = limit.addingReportingOverflow(Self.waitingProcesses)
    return overflow ? .max : sum
  }

  /// It keeps nothing.
  func forget(_ name: ContainerName, in directories: ContainerDirectories) {}
  func known(in directories: ContainerDirectories, instance: String) -> Set<ContainerName> { [] }

  func start(_ order: ContainerOrder) async throws(SandboxError) -> StartedContainer {
    let (outer, signals) = try await spawn(order)
    do throws(SandboxError) {
      let inner = try await BlockingWork.perform { [program] () throws(SandboxError) in
        try BubblewrapIdentity.restoreDumps()
        return try Self.admit(outer, signals, order, timeout: program.timeout)
      }
      try await awaitGuest(inner, outer, guest: order.ground.guest)
      return StartedContainer(process: outer, roots: [inner])
    } catch {
      outer.kill()
      _ = await outer.waitForExit()
      throw error
    }
  }

  /// Starts bubblewrap; its ends of the pipes are only open in it when this returns.
  private func spawn(_ order: ContainerOrder) async throws(SandboxError) -> (ProcessHandle, Signals) {
    let (ends, signals) = try Self.channels(order.streams, filter: filter)
    let arguments = BubblewrapArguments.all(order) + ["--", ContainerSpecification.guestPath]
    let stage = order.ground.directories.stage
    let user = order.ground.configuration.firstUserID
    let limits = BubblewrapArguments.limits(order.launch.limits)
    let outer = try await limiter.start(limits + [path] + arguments, ends) {
      [content = order.content, network = order.launch.network] () throws(SandboxError) in
      try stage.mount(content)
      try BubblewrapIdentity.take(user: user, network: network)
    }
    return (outer, signals)
  }

  /// The runtime's ends of what bubblewrap tells and is told.
  struct Signals: Sendable {
    /// Where bubblewrap says which process it started.
    let report: Descriptor
    /// Where it is told that its user namespace is ready.
    let permit: Descriptor
  }

  private static func channels(
    _ streams: GuestStreams, filter: [UInt8]
  ) throws(SandboxError) -> ([Int32: Descriptor], Signals) {
    do throws(SystemError) {
      let report = try Pipe()
      let permit = try Pipe()
      var ends = streams.descriptors
      ends[BubblewrapArguments.reportNumber] = report.writingEnd
      ends[BubblewrapArguments.permitNumber] = permit.readingEnd
      ends[BubblewrapArguments.filterNumber] = try StandardInputFile.make(filter)
      return (ends, Signals(report: report.readingEnd, permit: permit.writingEnd))
    } catch {
      throw .startFailed(reason: "the pipes to bubblewrap could not be made: \(error)")
    }
  }

  /// Puts both processes into the control group, sets the user namespace up, and lets them go on.
  private static func admit(
    _ outer: ProcessHandle, _ signals: Signals, _ order: ContainerOrder, timeout: Duration
  ) throws(SandboxError) -> ProcessHandle {
    let group = order.ground.group(of: order.name)
    do throws(ControlGroupError) {
      try group.add(processID: outer.processID)
      let child = BubblewrapReport.childProcess(signals.report, timeout: timeout)
      guard let child else { throw .inaccessible(path: "the report of bubblewrap", reason: SystemError(code: ECHILD)) }
      try group.add(processID: child)
      try BubblewrapIdentity.map(child, to: order.ground.configuration.mapping)
      do throws(SystemError) {
        let inner = try ProcessHandle(processID: child)
        try signals.permit.write([1])
        return inner
      } catch {
        throw .inaccessible(path: "the first process of bubblewrap", reason: error)
      }
    } catch {
      throw .startFailed(reason: "bubblewrap could not be set up: \(error)")
    }
  }

  private static let patience = Duration.milliseconds(1)

  /// Returns when the process inside has become the guest; nothing announces that.
  private func awaitGuest(
    _ inner: ProcessHandle, _ outer: ProcessHandle, guest: String
  ) async throws(SandboxError) {
    let deadline = ContinuousClock.now + program.timeout
    while ContinuousClock.now < deadline {
      if BubblewrapIdentity.process(inner.processID, runs: guest) { return }
      guard access("/proc/\(inner.processID)/ns", F_OK) == 0, !outer.hasEnded else {
        throw .startFailed(reason: "bubblewrap ended before the first process of the sandbox was started")
      }
      try? await Task.sleep(for: Self.patience)
    }
    throw .timedOut(operation: "bwrap start", after: program.timeout)
  }
}
