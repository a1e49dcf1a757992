import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontResources

@Suite("Deadlines of work and of rest")
struct DeadlineTrackerTests {
  private static let limits = ResourceLimits(executionTimeout: .seconds(60), idleTimeout: .seconds(10))

  @Test("nobody is late before the deadline, and each is late once")
  func once() {
    var tracker = DeadlineTracker()
    let agent = AgentID()
    #expect(tracker.next == nil)
    #expect(tracker.due(at: .latest).isEmpty)
    tracker.began(agent, at: .epoch, limits: Self.limits)
    #expect(tracker.next == .epoch + .seconds(60))
    #expect(tracker.due(at: .epoch + .seconds(59)).isEmpty)
    #expect(
      tracker.due(at: .epoch + .seconds(60))
        == [.init(agentID: agent, resource: .executionTime, since: .epoch, limit: .seconds(60))])
    #expect(tracker.due(at: .latest).isEmpty)
    #expect(tracker.next == nil && tracker.count == 0)
  }

  @Test("resting takes the place of working, and leaving ends both")
  func replacing() {
    var tracker = DeadlineTracker()
    let agent = AgentID()
    tracker.began(agent, at: .epoch, limits: Self.limits)
    tracker.rested(agent, at: .epoch + .seconds(5), limits: Self.limits)
    #expect(tracker.next == .epoch + .seconds(15))
    #expect(tracker.due(at: .epoch + .seconds(70)).map(\.resource) == [.idleTime])
    tracker.began(agent, at: .epoch, limits: Self.limits)
    tracker.removed(agent)
    #expect(tracker.next == nil)
    #expect(tracker.due(at: .latest).isEmpty)
  }

  @Test("whatever happens, the late ones are those of a plain list, and the queue stays small")
  func property() {
    var random = SeededRandom.forTest()
    var tracker = DeadlineTracker()
    var model: [AgentID: Timestamp] = [:]
    let agents = (0..<200).map { _ in AgentID() }
    var now = Timestamp.epoch
    for _ in 0..<20_000 {
      let agent = agents[Int.random(in: agents.indices, using: &random)]
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        tracker.began(agent, at: now, limits: Self.limits)
        model[agent] = now + .seconds(60)
      case 1:
        tracker.rested(agent, at: now, limits: Self.limits)
        model[agent] = now + .seconds(10)
      case 2:
        tracker.removed(agent)
        model[agent] = nil
      default:
        now = now + .milliseconds(Int.random(in: 0...2_000, using: &random))
        let late = tracker.due(at: now).map(\.agentID)
        let expected = model.filter { $0.value <= now }
        #expect(Set(late) == Set(expected.keys) && late.count == expected.count, "\(random)")
        for agent in late { model[agent] = nil }
      }
      #expect(tracker.count == model.count && tracker.next == model.values.min(), "\(random)")
    }
  }
}
