import SymbiontCore
import SymbiontRecovery
import SymbiontTesting
import Testing

@Suite("Supervision, as Erlang/OTP documents it")
struct SupervisorTests {
  private static let agents = (0..<4).map { _ in AgentID() }
  private typealias Group = SupervisionGroup

  private static func supervisor(
    _ strategy: SupervisionGroup.Strategy, intensity: Int = 100, restarts: [SupervisionGroup.Restart] = []
  ) -> Supervisor {
    let members = agents.enumerated().map { index, agent in
      SupervisionGroup.Member(agent, restart: restarts.indices.contains(index) ? restarts[index] : .permanent)
    }
    return Supervisor(
      SupervisionGroup(name: "g", strategy: strategy, intensity: intensity, period: .seconds(5), members: members))
  }

  private static func names(_ indices: Int...) -> [AgentID] { indices.map { agents[$0] } }

  @Test("the table says for every kind of member and every ending what follows")
  func responses() {
    let expected: [SupervisionGroup.Restart: [SupervisionTable.Ending: SupervisionTable.Response]] = [
      .permanent: [.normal: .restart, .failed: .restart],
      .transient: [.normal: .leave, .failed: .restart],
      .temporary: [.normal: .remove, .failed: .remove],
    ]
    for restart in Group.Restart.allCases {
      for ending in SupervisionTable.Ending.allCases {
        #expect(SupervisionTable.response(to: ending, of: restart) == expected[restart]?[ending])
      }
    }
  }

  @Test("the table says for every strategy and place who is restarted")
  func scopes() {
    for position in 0..<4 {
      #expect(SupervisionTable.scope(of: .oneForOne, position: position, count: 4) == position..<position + 1)
      #expect(SupervisionTable.scope(of: .oneForAll, position: position, count: 4) == 0..<4)
      #expect(SupervisionTable.scope(of: .restForOne, position: position, count: 4) == position..<4)
    }
  }

  @Test("one for one restarts the one that ended")
  func oneForOne() {
    var supervisor = Self.supervisor(.oneForOne)
    #expect(
      supervisor.ended(Self.agents[1], .failed, at: .epoch) == .restart(stop: Self.names(1), start: Self.names(1)))
  }

  @Test("one for all stops all in the opposite order, then starts all")
  func oneForAll() {
    var supervisor = Self.supervisor(.oneForAll)
    #expect(
      supervisor.ended(Self.agents[1], .failed, at: .epoch)
        == .restart(stop: Self.names(3, 2, 1, 0), start: Self.names(0, 1, 2, 3)))
  }

  @Test("rest for one restarts the one that ended and those that were started after it")
  func restForOne() {
    var supervisor = Self.supervisor(.restForOne)
    #expect(
      supervisor.ended(Self.agents[2], .failed, at: .epoch)
        == .restart(stop: Self.names(3, 2), start: Self.names(2, 3)))
  }

  @Test("a temporary member is gone when it ends, and when another's end stops it")
  func temporary() {
    var supervisor = Self.supervisor(.oneForAll, restarts: [.permanent, .temporary, .temporary, .transient])
    #expect(supervisor.ended(Self.agents[1], .failed, at: .epoch) == .leave)
    #expect(supervisor.group.members.map(\.agentID) == Self.names(0, 2, 3))
    #expect(
      supervisor.ended(Self.agents[3], .failed, at: .epoch)
        == .restart(stop: Self.names(3, 2, 0), start: Self.names(0, 3)))
    #expect(supervisor.group.members.map(\.agentID) == Self.names(0, 3))
    #expect(supervisor.ended(Self.agents[3], .normal, at: .epoch) == .leave)
    #expect(supervisor.group.members.map(\.agentID) == Self.names(0, 3))
  }

  @Test("one restart more than the intensity within the period shuts the group down, and nothing is restarted then")
  func intensity() {
    var supervisor = Self.supervisor(.oneForOne, intensity: 2)
    for second in [0, 3] {
      let verdict = supervisor.ended(Self.agents[0], .failed, at: .epoch + .seconds(second))
      #expect(verdict == .restart(stop: Self.names(0), start: Self.names(0)))
    }
    // Exactly the period after the first, which still counts, as it does in OTP.
    #expect(
      supervisor.ended(Self.agents[3], .failed, at: .epoch + .seconds(5)) == .shutDown(stop: Self.names(3, 2, 1, 0)))
    #expect(supervisor.isShutDown)
    #expect(supervisor.ended(Self.agents[0], .failed, at: .epoch + .seconds(99)) == .leave)
    supervisor.reset()
    #expect(
      supervisor.ended(Self.agents[0], .failed, at: .epoch + .seconds(99))
        == .restart(stop: Self.names(0), start: Self.names(0)))
  }

  @Test("an intensity of none shuts down at the first failure")
  func noRestarts() {
    var supervisor = Self.supervisor(.oneForAll, intensity: 0)
    #expect(supervisor.ended(Self.agents[0], .failed, at: .epoch) == .shutDown(stop: Self.names(3, 2, 1, 0)))
  }

  @Test("a start that fails is tried again, and counts")
  func startFails() {
    var supervisor = Self.supervisor(.restForOne, intensity: 2)
    _ = supervisor.ended(Self.agents[0], .failed, at: .epoch)
    #expect(
      supervisor.startFailed(Self.agents[2], at: .epoch)
        == .restart(stop: Self.names(3, 2), start: Self.names(2, 3)))
    #expect(supervisor.startFailed(Self.agents[2], at: .epoch) == .shutDown(stop: Self.names(3, 2, 1, 0)))
  }

  @Test(
    "never restarts more often within any period than the intensity, and as often as it",
    arguments: 1...50 as ClosedRange<UInt64>)
  func keepsIntensity(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let intensity = Int.random(in: 0...5, using: &random)
    let strategy = Group.Strategy.allCases.randomElement(using: &random) ?? .oneForOne
    var supervisor = Self.supervisor(strategy, intensity: intensity)
    var restarts: [Timestamp] = []
    var now = Timestamp.epoch
    for _ in 0..<400 {
      now += .milliseconds(Int.random(in: 0...3_000, using: &random))
      let agent = Self.agents[Int.random(in: 0..<4, using: &random)]
      let recent = restarts.count { $0 >= now - .seconds(5) }
      let verdict =
        Bool.random(using: &random)
        ? supervisor.ended(agent, .failed, at: now) : supervisor.startFailed(agent, at: now)
      switch verdict {
      case .restart:
        restarts.append(now)
        #expect(recent + 1 <= intensity, "\(random)")
      case .shutDown:
        #expect(recent + 1 > intensity, "\(random)")
        #expect(supervisor.isShutDown)
        supervisor.reset()
        restarts = []
      case .leave: Issue.record("a permanent member was left, \(random)")
      }
    }
  }

  @Test("refuses a group that is out of bounds, and names the field")
  func bounds() {
    let member = Group.Member(Self.agents[0])
    for (group, field) in [
      (Group(name: "", members: [member]), "`name`"),
      (Group(name: "g", intensity: -1, members: [member]), "`intensity`"),
      (Group(name: "g", period: .zero, members: [member]), "`period`"), (Group(name: "g", members: []), "`members`"),
      (Group(name: "g", members: [member, member]), "twice"),
    ] { #expect(group.problem?.contains(field) == true) }
    let usual = Group(name: "g", members: [member])
    #expect(usual.problem == nil)
    #expect(usual.intensity == 1 && usual.period == .seconds(5) && usual.strategy == .oneForOne)
  }
}
