import SymbiontCore
import SymbiontLanguage
import SymbiontRecovery
import SymbiontRuntime
import SymbiontSandbox
import SymbiontTesting
import Synchronization
import Testing

/// A runtime for one test whose recoveries can be waited for, and that lets time pass where they wait.
struct RecoveryFixture {
  /// Collects what a test waits for.
  final class Events: Sendable {
    private let stream: AsyncStream<RecoveryEvent>
    private let feed: AsyncStream<RecoveryEvent>.Continuation
    private let slept = Mutex<[Duration]>([])

    init() { (stream, feed) = AsyncStream.makeStream() }

    /// How long recoveries waited, in order.
    var waits: [Duration] { slept.withLock { $0 } }

    func add(_ event: RecoveryEvent) { feed.yield(event) }
    func sleep(_ duration: Duration) { slept.withLock { $0.append(duration) } }

    /// The next recovery that came to its end.
    func next() async -> RecoveryOutcome? {
      for await event in stream { return event.outcome }
      return nil
    }
  }

  let events = Events()
  let runtime: RuntimeFixture

  /// - Parameter sleep: What waits for an attempt; by default the time passes at once.
  init(
    _ directory: String? = nil, sandbox: FakeSandbox = FakeSandbox(),
    sleep: (@Sendable (Duration) async throws -> Void)? = nil,
    change: @escaping @Sendable (inout RuntimeConfiguration) -> Void = { _ in }
  ) {
    let (time, events) = (ManualTime(), events)
    clock = time
    runtime = RuntimeFixture(
      sandbox: sandbox, directory: directory,
      change: { configuration in
        configuration.recoveryObserver = { events.add($0) }
        configuration.recoveryEnvironment = RecoveryEnvironment(
          now: { time.now() }, elapsed: { .microseconds(time.now().microsecondsSinceEpoch) },
          sleep: { duration in
            events.sleep(duration)
            if let sleep { return try await sleep(duration) }
            time.advance(by: duration)
          })
        change(&configuration)
      })
  }

  /// The clock of the error handler.
  let clock: ManualTime

  func with<T: Sendable>(_ body: @Sendable (Runtime) async throws -> T) async throws -> T {
    try await runtime.with(body)
  }
}

extension Runtime {
  /// Creates and starts one agent of a program under a name of its own.
  func start(_ name: String, _ program: String, mode: ExecutionMode = .persistent) async throws -> AgentID {
    let agent = try await lifecycle.createAgent(
      AgentConfig(
        id: AgentID(), name: name, dslSource: program, executionMode: mode,
        resourceLimits: ResourceLimits(executionTimeout: .seconds(86_400))))
    try await lifecycle.initializeAgent(agent.id)
    try await lifecycle.startAgent(agent.id)
    return agent.id
  }

  /// Calls an agent, and gives the kind of the error with which that failed; nil when it did not.
  func failure(of agentID: AgentID, _ input: Value = .null) async throws -> String? {
    let id = try await execute(agentID, input: input)
    return try await outcome(of: id).error?.kind
  }

  /// Gives a program that sends the mailbox of an agent these messages.
  func send(_ payloads: [Value], to agentID: AgentID) async throws {
    let sender = try await start(
      "sender", "agent sender(messages) { for m in messages { send(\"\(agentID)\", m); } }")
    #expect(try await failure(of: sender, .record(["messages": .array(payloads)])) == nil)
  }
}
