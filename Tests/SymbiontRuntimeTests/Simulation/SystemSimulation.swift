import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontRuntime

/// One seed of a simulation of all components together: what is done, and what must have become of it.
struct SystemSimulation {
  /// Something that is done to the system.
  private enum Step {
    /// Messages to the reader, of one execution.
    case send(batch: Int, count: Int)
    /// A message that calls an agent, which fails so many times.
    case tell(id: String, fails: Int)
    case schedule(id: String, fails: Int)
    case suspend(agent: String)
    case resume(agent: String)
    case pass(Duration)
    case setClock(Duration)
    case crash
    /// A stop that waits for what is under way.
    case stop
  }

  private struct Agents: Sendable {
    var ids: [String: AgentID]

    subscript(_ name: String) -> AgentID { ids[name] ?? AgentID() }
  }

  private let system: SimulatedSystem
  private var steps: [Step] = []
  private var tasks: [TaskID: (id: String, fails: Int)] = [:]
  private var told: [String: Int] = [:]
  private var batches: [Int: Int] = [:]

  init(seed: UInt64, directory: String) {
    system = SimulatedSystem(directory: directory)
    var random = SeededRandom(seed: seed)
    for number in 0..<Int.random(in: 8...24, using: &random) { steps.append(Self.step(number, &random)) }
    for case .send(let batch, let count) in steps { batches[batch] = count }
    for case .tell(let id, let fails) in steps { told[id] = fails }
  }

  private static func step(_ number: Int, _ random: inout SeededRandom) -> Step {
    switch Int.random(in: 0..<100, using: &random) {
    case ..<25: .send(batch: number, count: .random(in: 1...6, using: &random))
    case ..<40: .tell(id: "m\(number)", fails: .random(in: 0...4, using: &random))
    case ..<60: .schedule(id: "t\(number)", fails: .random(in: 0...3, using: &random))
    case ..<65: .suspend(agent: Bool.random(using: &random) ? "told" : "tasked")
    case ..<72: .resume(agent: Bool.random(using: &random) ? "told" : "tasked")
    case ..<84: .pass(.seconds(Int.random(in: 0...40, using: &random)))
    case ..<88: .setClock(.seconds(Int.random(in: -3_600...3_600, using: &random)))
    case ..<96: .crash
    default: .stop
    }
  }

  /// Runs all steps, lets everything come to its end, and checks what became of it.
  mutating func run() async throws {
    let agents = try await system.live { runtime in
      let agents = Agents(ids: try await Self.deploy(on: runtime))
      let count = batches.values.reduce(0, +)
      _ = try await runtime.execute(agents["reader"], input: ["count": .int(Int64(count))])
      return (agents, crashes: true)
    }
    var rest = steps[...]
    repeat { rest = try await live(rest, agents) } while !rest.isEmpty
    try await system.live { runtime in
      try await finish(on: runtime, agents)
      try await check(on: runtime, agents)
      return ((), crashes: false)
    }
  }

  private static func deploy(on runtime: Runtime) async throws -> [String: AgentID] {
    var ids: [String: AgentID] = [:]
    for name in ["reader", "sender", "told", "tasked"] {
      let mode: ExecutionMode = name == "told" ? .eventDriven : .persistent
      ids[name] = try await runtime.start(name, SimulatedSystem.program, mode: mode)
    }
    try await runtime.errorHandler?.registerStrategy(
      .validationError, strategy: .retry(maxAttempts: 50, backoff: .seconds(1)), for: ids["told"] ?? AgentID())
    return ids
  }

  /// Takes steps until the runtime crashes or stops; gives those that are left.
  private mutating func live(_ steps: ArraySlice<Step>, _ agents: Agents) async throws -> ArraySlice<Step> {
    var made: [TaskID: (id: String, fails: Int)] = [:]
    let left = try await system.live { runtime in
      for (index, step) in zip(steps.indices, steps) {
        switch step {
        case .crash: return (steps[(index + 1)...], crashes: true)
        case .stop: return (steps[(index + 1)...], crashes: false)
        case .schedule(let id, let fails):
          let task = ScheduledTask(
            id: TaskID(), agentID: agents["tasked"], scheduledTime: system.schedulerClock.now().civil,
            timeout: .seconds(86_400), input: Array(#"{"id": "\#(id)", "fails": \#(fails)}"#.utf8))
          try await runtime.scheduler?.scheduleTask(task)
          made[task.id] = (id, fails)
        default: try await take(step, on: runtime, agents)
        }
      }
      return ([], crashes: true)
    }
    tasks.merge(made) { first, _ in first }
    return left
  }

  private func take(_ step: Step, on runtime: Runtime, _ agents: Agents) async throws {
    switch step {
    case .send(let batch, let count):
      let payloads = (0..<count).map { Value.record(["batch": .int(Int64(batch)), "n": .int(Int64($0))]) }
      try await send(payloads, to: agents["reader"], on: runtime, agents)
    case .tell(let id, let fails):
      try await send(
        [.record(["id": .string(id), "fails": .int(Int64(fails))])], to: agents["told"], on: runtime, agents)
    case .suspend(let name):
      if [.running, .waiting].contains(try await runtime.lifecycle.getAgentState(agents[name])) {
        try await runtime.lifecycle.suspendAgent(agents[name])
      }
    case .resume(let name): try await resume(agents[name], on: runtime)
    case .pass(let duration): system.advance(by: duration)
    case .setClock(let duration): system.setClock(by: duration)
    case .schedule, .crash, .stop: break
    }
  }

  /// An execution that sends; it is durable when this returns, and does so whatever comes.
  private func send(_ payloads: [Value], to receiver: AgentID, on runtime: Runtime, _ agents: Agents) async throws {
    let input: Value = ["to": .string(receiver.description), "payloads": .array(payloads)]
    _ = try await runtime.execute(agents["sender"], input: input)
  }

  private func resume(_ agentID: AgentID, on runtime: Runtime) async throws {
    guard try await runtime.lifecycle.getAgentState(agentID) == .suspended else { return }
    try await runtime.lifecycle.resumeAgent(agentID)
  }

  // MARK: The end

  /// Lets time pass until nothing is left to be done.
  private func finish(on runtime: Runtime, _ agents: Agents) async throws {
    for id in agents.ids.values { try await resume(id, on: runtime) }
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !isDone(on: runtime, agents) {
      guard ContinuousClock.now < deadline else {
        let open = try await runtime.journal.executions(limit: 1_000).filter { $0.outcome == nil }
        let active = runtime.engine.state.withLock(\.activeCount)
        Issue.record("it does not come to its end: \(open.map { "\($0.agentName) \($0.status)" }), \(active) active")
        return
      }
      system.advance(by: .seconds(5))
      for _ in 0..<20 { await Task.yield() }
    }
  }

  private func isDone(on runtime: Runtime, _ agents: Agents) async throws -> Bool {
    for task in tasks.keys {
      switch try await runtime.scheduler?.getTaskStatus(task) {
      case .completed, .failed, .cancelled, .timedOut: break
      default: return false
      }
    }
    guard try await runtime.errorHandler?.pendingRecoveries().isEmpty ?? true else { return false }
    let memory = try await memory(of: agents["told"], on: runtime)
    guard told.keys.allSatisfy({ memory["done \($0)"] != nil }) else { return false }
    guard try await runtime.journal.executions(limit: 10_000).allSatisfy({ $0.outcome != nil }) else { return false }
    // What has its outcome gives its place back a moment later.
    return runtime.engine.state.withLock(\.activeCount) == 0
  }

  private func memory(of agentID: AgentID, on runtime: Runtime) async throws -> [String: Int] {
    let keys =
      told.keys.flatMap { ["done \($0)", "tries \($0)"] }
      + tasks.values.flatMap { ["done \($0.id)", "tries \($0.id)"] }
    let found = try await runtime.store.read { store in
      try keys.map { key in (key, try store.recall(key, of: agentID)) }
    }
    return Dictionary(
      uniqueKeysWithValues: found.compactMap { key, bytes in
        bytes.flatMap { try? ValueCodec.decode($0).intValue }.map { (key, Int($0)) }
      })
  }

  private func check(on runtime: Runtime, _ agents: Agents) async throws {
    try await checkReader(on: runtime)
    let byMessage = try await memory(of: agents["told"], on: runtime)
    for (id, fails) in told {
      #expect(byMessage["done \(id)"] == 1, "message \(id) was not taken once")
      #expect(byMessage["tries \(id)"] == fails + 1, "message \(id) was not tried as often as it failed")
    }
    let byTask = try await memory(of: agents["tasked"], on: runtime)
    for (task, expected) in tasks {
      let status = try await runtime.scheduler?.getTaskStatus(task)
      #expect(status == .completed(result: Array("\(expected.fails + 1)".utf8)), "task \(expected.id)")
      #expect(byTask["done \(expected.id)"] == 1, "task \(expected.id) was not done once")
      #expect(byTask["tries \(expected.id)"] == expected.fails + 1)
    }
    try await checkErrors(on: runtime, agents)
    let metrics = await runtime.scheduler?.getSchedulerMetrics()
    #expect(metrics?.runningTasks == 0 && metrics?.pendingTasks == 0)
    #expect(try await runtime.store.read { store in try store.recoveryCalls(of: agents["told"]) }.isEmpty)
  }

  /// Every message once, and those of one execution in their order.
  private func checkReader(on runtime: Runtime) async throws {
    let reader = try await runtime.journal.executions(limit: 10_000).first { $0.agentName == "reader" }
    guard case .completed(.array(let seen))? = reader?.outcome else {
      Issue.record("the reader did not complete: \(String(describing: reader?.outcome))")
      return
    }
    var numbers: [Int: [Int]] = [:]
    for payload in seen {
      numbers[Int(payload["batch"]?.intValue ?? -1), default: []].append(Int(payload["n"]?.intValue ?? -1))
    }
    #expect(numbers == batches.mapValues { Array(0..<$0) })
  }

  /// Each failed call was counted once, by the error handler and by the agent.
  private func checkErrors(on runtime: Runtime, _ agents: Agents) async throws {
    let failed = try await runtime.journal.executions(limit: 10_000).count {
      $0.agentID == agents["tasked"] && $0.status == .failed
    }
    #expect(failed == tasks.values.reduce(0) { $0 + $1.fails })
    #expect(try await runtime.lifecycle.getAgent(agents["tasked"]).errorCount == failed)
    let counted = try? await runtime.errorHandler?.getErrorStats(agents["tasked"]).totalErrors
    #expect(counted ?? 0 == failed)
    #expect(try await runtime.lifecycle.getAgent(agents["tasked"]).restartCount == 0)
  }
}
