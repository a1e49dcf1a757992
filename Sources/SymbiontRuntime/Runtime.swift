internal import Logging
public import ServiceLifecycle
public import SymbiontCore
public import SymbiontLanguage
public import SymbiontMessaging
internal import SymbiontRecovery
public import SymbiontResources
public import SymbiontSandbox
internal import SymbiontScheduling
public import SymbiontStore
internal import Synchronization

/// The runtime: agents, their executions and everything these use, on one store.
///
/// `run()` does the work and returns after `shutdown()`; everything else can be called while it runs. After a crash,
/// opening the same store and running it again goes on where the journal ends.
public final class Runtime: Service {
  /// Creates, starts, stops and removes agents.
  public let lifecycle: DefaultLifecycleController
  /// Gives agents their share of the machine, and tells of limits that they reached.
  ///
  /// Nil when the machine does not tell what it has, or its configuration is refused; commands are refused then.
  public let resources: DefaultResourceManager?
  /// Makes the sandboxes of commands; nil when the configuration has none.
  public let orchestrator: DefaultSandboxOrchestrator?
  /// Carries messages between agents; nil when it could not be opened, and messages are refused then.
  public let bus: DefaultCommunicationBus?
  let configuration: RuntimeConfiguration
  let store: Store
  let programs: ProgramCache
  let engine: ExecutionEngine
  let services: EffectServices
  let performer = AgentTaskPerformer()
  let scheduling = Mutex<DefaultScheduler?>(nil)
  private let phase: PhaseBox
  private let stopWaiters = Mutex<[CheckedContinuation<Void, Never>]>([])

  /// The phase behind a lock, shared with the lifecycle controller.
  private final class PhaseBox: Sendable {
    let value = Mutex(RuntimePhase.starting)
  }

  /// Opens the store and brings what a crash left half done to a clean end.
  ///
  /// - Throws: a ``StoreError`` when the data directory is owned by another process, is damaged or cannot be written.
  public static func open(_ configuration: RuntimeConfiguration) async throws(StoreError) -> Runtime {
    let store = try Store.open(configuration.store)
    let resources: Result<DefaultResourceManager, ResourceError>
    do throws(ResourceError) { resources = .success(try await openResources(configuration, store)) } catch {
      configuration.logger.error("commands are refused: \(error.message)", metadata: ["code": "\(error.code)"])
      resources = .failure(error)
    }
    let runtime = Runtime(
      configuration, store, resources, await openBus(configuration, store),
      await openErrorHandler(configuration, store))
    do throws(StoreError) { try await runtime.recover() } catch {
      await runtime.store.close()
      throw error
    }
    await runtime.openScheduler()
    await runtime.resumeRecoveries()
    return runtime
  }

  /// Opens the resource manager; that limits are in force is shown of each sandbox, not here.
  private static func openResources(
    _ configuration: RuntimeConfiguration, _ store: Store
  ) async throws(ResourceError) -> DefaultResourceManager {
    var diskPath = "/"
    if case .disk(let directory) = configuration.store.durability { diskPath = directory }
    return try await DefaultResourceManager.open(
      configuration.resources, store: store, environment: .machine(diskPath: diskPath), checksEnforcement: false,
      logger: configuration.logger)
  }

  /// Opens the bus, or says why messages are refused.
  private static func openBus(
    _ configuration: RuntimeConfiguration, _ store: Store
  ) async -> Result<DefaultCommunicationBus, CommunicationError> {
    do throws(CommunicationError) {
      let key: MasterKey
      do throws(SecurityError) { key = try configuration.masterKey?.load() ?? .random() } catch {
        throw .encryptionFailed(reason: error.message)
      }
      let logger = configuration.logger
      var limits = MessagingLimits()
      // Whatever agents there may be, each can have a mailbox.
      limits.agents = max(limits.agents, configuration.lifecycle.maxAgents)
      return .success(
        try await DefaultCommunicationBus.open(
          configuration.communication, store: store, masterKey: key, limits: limits,
          environment: MessagingEnvironment(clock: configuration.messagingClock) { event in
            logger.debug("message bus: \(event)")
          }))
    } catch {
      configuration.logger.error("messages are refused: \(error.message)", metadata: ["code": "\(error.code)"])
      return .failure(error)
    }
  }

  private init(
    _ configuration: RuntimeConfiguration, _ store: Store, _ resources: Result<DefaultResourceManager, ResourceError>,
    _ bus: Result<DefaultCommunicationBus, CommunicationError>, _ errorHandler: DefaultErrorHandler?
  ) {
    self.configuration = configuration
    self.store = store
    let manager = try? resources.get()
    self.resources = manager
    let orchestrator =
      configuration.sandbox == nil
      ? configuration.orchestrator.map { DefaultSandboxOrchestrator($0, store: store, logger: configuration.logger) }
      : nil
    self.orchestrator = orchestrator
    manager?.enforcer = orchestrator
    let sandbox = Self.sandbox(configuration, orchestrator, manager)
    self.bus = try? bus.get()
    services = EffectServices(
      time: configuration.time, random: { UInt64.random(in: .min ... .max) }, logger: configuration.logger,
      sandbox: sandbox, resources: resources,
      workspaces: Workspaces(root: configuration.workspaceRoot, sandbox: sandbox),
      messages: bus.map { AgentMessages(bus: $0, store: store) }, errorHandler: errorHandler,
      limits: configuration.limits)
    programs = ProgramCache()
    engine = ExecutionEngine(
      store: store, configuration: configuration, programs: programs, services: services, errorHandler: errorHandler)
    self.bus?.onArrival { [weak engine] in engine?.lookForMessages(of: $0) }
    let phase = PhaseBox()
    self.phase = phase
    lifecycle = DefaultLifecycleController(
      store: store, configuration: configuration.lifecycle, programs: programs, executions: engine,
      time: configuration.time, logger: configuration.logger,
      attestation: StartAttestation(sandbox, processes: configuration.limits.processes),
      phase: { phase.value.withLock { $0 } })
    engine.onAgentChange { [weak lifecycle] in await lifecycle?.endSchedules($0) }
    lifecycle.onShutdown { [weak self] in await self?.shutdown() }
  }

  private static func sandbox(
    _ configuration: RuntimeConfiguration, _ orchestrator: DefaultSandboxOrchestrator?,
    _ resources: DefaultResourceManager?
  ) -> any CommandSandbox {
    if let sandbox = configuration.sandbox { return sandbox }
    guard let orchestrator else { return MissingSandbox() }
    let runc = RuncConfiguration(
      instance: orchestrator.configuration.instance, stateDirectory: orchestrator.configuration.stateDirectory,
      firstUserID: orchestrator.configuration.firstUserID)
    return OrchestratedCommands(
      orchestrator, prober: RuncDriver(runc, logger: configuration.logger),
      allowsUnenforcedLimits: configuration.allowsUnenforcedLimits,
      workspaceMegabytes: configuration.workspaceMegabytes,
      observer: { agentID, evidence in await resources?.observe(agentID, evidence: evidence) })
  }

  /// What the runtime is doing.
  public var currentPhase: RuntimePhase { phase.value.withLock { $0 } }

  /// Lets unfinished executions go on and runs until ``shutdown()``, a graceful shutdown of the service group, or the
  /// cancellation of the task.
  ///
  /// The store is closed when it returns.
  public func run() async throws {
    let mayRun = phase.value.withLock { phase in
      guard phase == .starting else { return false }
      phase = .running
      return true
    }
    guard mayRun else { return }
    let result: Result<Void, StoreError>
    do throws(StoreError) {
      try await engine.rearm()
      engine.enqueue(try await store.read { store in try store.readyExecutions() })
      try await startScheduling()
      for agentID in bus?.agentsWithMessages ?? [] { engine.lookForMessages(of: agentID) }
      await runAll()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    await close()
    try result.get()
  }

  /// Runs executions, and measures what they use meanwhile.
  private func runAll() async {
    await withTaskGroup(of: Void.self) { group in
      if let resources { group.addTask { await resources.run() } }
      if let recoveries = engine.recoveries { group.addTask { await recoveries.run() } }
      await runEngine()
      // It only stops measuring, which cannot fail.
      try? await resources?.shutdown()
      group.cancelAll()
    }
  }

  private func runEngine() async {
    await withTaskCancellationHandler {
      await withGracefulShutdownHandler {
        await engine.run()
      } onGracefulShutdown: {
        self.beginDraining()
      }
    } onCancel: {
      self.beginDraining()
      engine.abort()
    }
  }

  private func close() async {
    await stopScheduling()
    await orchestrator?.shutdown()
    await services.sandbox.close()
    // It only stops taking messages, which cannot fail.
    try? await bus?.shutdown()
    try? await errorHandler?.shutdown()
    await store.close()
    phase.value.withLock { $0 = .stopped }
    stopWaiters.withLock { waiters in
      defer { waiters = [] }
      return waiters
    }.forEach { $0.resume() }
  }

  /// False when nothing runs that could be drained.
  @discardableResult
  private func beginDraining() -> Bool {
    let wasRunning = phase.value.withLock { phase in
      defer { if phase != .stopped { phase = .draining } }
      return phase != .starting
    }
    engine.beginStop()
    engine.recoveries?.stop()
    return wasRunning
  }

  /// Stops admitting, lets effects finish within `drainTimeout`, ends what is left, and returns when ``run()`` has
  /// closed the store.
  ///
  /// Unfinished executions go on when the store is opened again.
  public func shutdown() async {
    guard beginDraining() else { return await close() }
    await withCheckedContinuation { continuation in
      let isStopped = stopWaiters.withLock { waiters in
        if currentPhase == .stopped { return true }
        waiters.append(continuation)
        return false
      }
      if isStopped { continuation.resume() }
    }
  }

  // MARK: Executions

  /// Calls a running agent with an input.
  ///
  /// The execution is durable when this returns.
  ///
  /// - Throws: ``ExecutionError`` when the agent does not run or the input is not what it takes.
  public func execute(_ agentID: AgentID, input: Value) async throws(ExecutionError) -> ExecutionID {
    try await execute(agentID, input: input, as: nil)
  }

  /// The same under an id that is given; an execution that has it already stays the only one, and one of a suspended agent
  /// waits until that is resumed.
  func execute(_ agentID: AgentID, input: Value, as known: ExecutionID?) async throws(ExecutionError) -> ExecutionID {
    guard currentPhase != .draining, currentPhase != .stopped else { throw .shuttingDown }
    guard ValueCodec.encode(input).count <= configuration.limits.inputBytes else {
      throw .inputTooLarge(maximumBytes: configuration.limits.inputBytes)
    }
    guard EffectPlanner.storable(input) != nil else { throw .inputInvalid(reason: "input: a function is no input") }
    try await checkInput(input, of: agentID)
    let trial = try engine.admit(agentID)
    do throws(ExecutionError) {
      let (id, consequences) = try await startExecution(of: agentID, input: input, as: known)
      if let consequences { engine.apply(consequences) } else { engine.passOn(trial, of: agentID) }
      return id
    } catch {
      // A task comes back by itself, unless its agent works no more; a caller may not.
      if known == nil { engine.passOn(trial, of: agentID) } else { engine.giveBack(trial) }
      throw error
    }
  }

  /// Makes the execution durable; without consequences when it was there already.
  private func startExecution(
    of agentID: AgentID, input: Value, as known: ExecutionID?
  ) async throws(ExecutionError) -> (ExecutionID, Consequences?) {
    let initial = engine.records()
    return try await store.write(isolated: true, throwing: ExecutionError.self) { store in
      var records = initial
      if let known, try store.execution(known) != nil { return (known, nil) }
      guard let agent = try store.agent(agentID) else { throw ExecutionError.agentNotFound(agentID) }
      guard agent.state == .running || known != nil && agent.state == .suspended else {
        throw ExecutionError.agentNotRunning(agentID, agent.state)
      }
      if agent.mode == .ephemeral {
        let unfinished = try store.countExecutions(.ready, of: agentID) + store.countExecutions(.waiting, of: agentID)
        guard unfinished == 0 else { throw ExecutionError.alreadyCalled(agentID) }
      }
      var row = ExecutionRow(calling: agent, input: input, at: records.now)
      if let known { row.id = known }
      try records.start(row, in: store)
      return (row.id, records.consequences)
    }
  }

  private func checkInput(_ input: Value, of agentID: AgentID) async throws(ExecutionError) {
    guard let (row, loaded) = try await programs.load(agentID, from: store, throwing: ExecutionError.self) else {
      throw .agentNotFound(agentID)
    }
    guard let program = loaded, let agent = program.agent(named: row.entry) else {
      throw .agentNotRunning(agentID, row.state)
    }
    do { _ = try AgentCall.bind(input, to: agent, types: program.program.types) } catch {
      throw .inputInvalid(reason: error.message)
    }
  }

  /// Waits for the end of an execution.
  ///
  /// - Throws: ``ExecutionError/executionNotFound(_:)``; ``ExecutionError/storeFailed(_:)`` when the journal could not be
  ///   written; ``ExecutionError/shuttingDown`` when the runtime stopped first.
  public func outcome(of id: ExecutionID) async throws(ExecutionError) -> ExecutionOutcome {
    guard try await execution(id) != nil else { throw .executionNotFound(id) }
    let token = engine.waiters.withLock { $0.token() }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: OutcomeWaiters.Waiter) in
        let isWaiting = engine.waiters.withLock { $0.add(continuation, token: token, for: id) }
        // When it was cancelled before, nobody is told of that again.
        if Task.isCancelled { engine.waiters.withLock { $0.remove(token: token, for: id) }?.resume(returning: nil) }
        // It may have ended before the waiter stood in the list.
        store.submit({ store in try store.execution(id)?.outcome }) { [engine] result in
          guard isWaiting else {
            let bytes = try? result.get()
            return continuation.resume(returning: bytes.flatMap { $0 }.flatMap { try? OutcomeCodec.decode($0) })
          }
          switch result {
          case .success(let bytes):
            guard let bytes, let outcome = try? OutcomeCodec.decode(bytes) else { return }
            engine.waiters.withLock { $0.remove(token: token, for: id) }?.resume(returning: outcome)
          case .failure(let error):
            engine.waiters.withLock { $0.fail(id, with: error) }.forEach { $0.resume(returning: nil) }
          }
        }
      }
    } onCancel: {
      engine.waiters.withLock { $0.remove(token: token, for: id) }?.resume(returning: nil)
    }
    if let outcome { return outcome }
    if let failure = engine.waiters.withLock({ $0.failure(of: id) }) { throw .storeFailed(failure) }
    throw .shuttingDown
  }
}
