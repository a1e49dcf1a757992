import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import Synchronization
import Testing

@Suite("Recoveries of a group that fail after a person decided about an agent")
struct DecidedFailureTests {
  private typealias Deed = FakePerformer.Deed

  private let agents = (0..<3).map { _ in AgentID() }

  private func open(_ world: TestWorld, intensity: Int) async throws -> DefaultErrorHandler {
    let handler = try await world.open()
    try await handler.supervise(
      SupervisionGroup(
        name: "g", strategy: .oneForAll, intensity: intensity, period: .seconds(60),
        members: agents.map { .init($0) }))
    return handler
  }

  private func decide(_ agent: AgentID, _ world: TestWorld) async throws {
    _ = try await world.store.write { store in try DefaultErrorHandler.endRecoveries(of: agent, in: store) }
  }

  /// Carries a recovery out of which a deed fails the first time, while a person decides about an agent: during an earlier
  /// deed, or that one.
  private func carryOut(
    _ plan: RecoveryPlan, _ handler: DefaultErrorHandler, _ world: TestWorld, failing failed: Deed,
    deciding agent: AgentID, during earlier: Deed? = nil
  ) async throws -> (outcome: RecoveryOutcome, deeds: [Deed]) {
    let (hasFailed, isDecided) = (Once(), Once())
    let performer = FakePerformer(
      fails: { $0 == failed && hasFailed.take() ? .system : nil },
      meanwhile: { if $0 == earlier ?? failed, isDecided.take() { try await decide(agent, world) } })
    let outcome = try await handler.carryOut(plan, by: performer)
    return (outcome, performer.deeds)
  }

  @Test(
    "start it neither when the start of another one fails nor when a stop does", arguments: [0, 1], [false, true])
  func followingRestart(left: Int, isStop: Bool) async throws {
    let world = try TestWorld()
    let handler = try await open(world, intensity: 3)
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    let plan = try #require(try await handler.pendingRecoveries().first)
    let failing = agents[1 - left]
    let (outcome, deeds) = try await carryOut(
      plan, handler, world, failing: isStop ? .stopped(failing) : .started(failing, preservingState: true),
      deciding: agents[left], during: .stopped(agents[2]))
    #expect(outcome == .recovered(.restart(preserveState: true)))
    #expect(
      deeds.suffix(4) == [
        .stopped(agents[2]), .stopped(failing), .started(failing, preservingState: true),
        .started(agents[2], preservingState: true),
      ])
    #expect(try await handler.pendingRecoveries().isEmpty)
  }

  @Test("go on without it when its own start fails, which is no restart of the group", arguments: [0, 1, 2])
  func ownStart(left: Int) async throws {
    let world = try TestWorld()
    let handler = try await open(world, intensity: 1)
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    let plan = try #require(try await handler.pendingRecoveries().first)
    let (outcome, deeds) = try await carryOut(
      plan, handler, world, failing: .started(agents[left], preservingState: true), deciding: agents[left])
    #expect(outcome == .recovered(.restart(preserveState: true)))
    #expect(deeds == agents.reversed().map { .stopped($0) } + agents.map { .started($0, preservingState: true) })
    #expect(try await handler.group(named: "g")?.isShutDown == false)
    #expect(try await handler.getErrorStats(agents[0]).totalErrors == 1)
    #expect(try await handler.pendingRecoveries().isEmpty)
  }

  @Test("end the others of a group that shuts down, and not it")
  func termination() async throws {
    let world = try TestWorld()
    let handler = try await open(world, intensity: 0)
    #expect(try await handler.handleError(agents[0], error: .system) == .terminate)
    let plan = try #require(try await handler.pendingRecoveries().first)
    let (outcome, deeds) = try await carryOut(
      plan, handler, world, failing: .terminated(agents[2]), deciding: agents[0])
    #expect(outcome == .terminated)
    #expect(deeds == [.terminated(agents[2]), .terminated(agents[1])])
    #expect(try await handler.pendingRecoveries().isEmpty)
  }

  @Test("bring nothing stronger for it when the group is gone")
  func withoutGroup() async throws {
    let world = try TestWorld()
    let handler = try await open(world, intensity: 3)
    #expect(try await handler.handleError(agents[0], error: .system) == .restart)
    let plan = try #require(try await handler.pendingRecoveries().first)
    try await handler.removeGroup(named: "g")
    let (outcome, deeds) = try await carryOut(
      plan, handler, world, failing: .started(agents[1], preservingState: true), deciding: agents[0],
      during: .stopped(agents[2]))
    #expect(outcome == .failed(.system))
    #expect(deeds.last == .started(agents[1], preservingState: true))
    #expect(try await handler.pendingRecoveries().isEmpty)
  }
}

/// Something that happens the first time only.
private final class Once: Sendable {
  private let isTaken = Mutex(false)

  func take() -> Bool {
    isTaken.withLock { isTaken in
      defer { isTaken = true }
      return !isTaken
    }
  }
}
