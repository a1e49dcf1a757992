import SymbiontCore
import SymbiontTesting
import Synchronization
import Testing

@testable import SymbiontResources

@Suite("Properties of the admission of commands")
struct AdmissionPropertyTests {
  private static let capacity = ResourceAmount(
    memoryBytes: 1_000 << 20, microcores: 2_000_000, networkBytesPerSecond: 100 << 20)

  private static func limits(_ random: inout SeededRandom) -> ResourceLimits {
    ResourceLimits(
      memoryMegabytes: Int.random(in: 1...600, using: &random),
      cpuCores: Double(Int.random(in: 1...150, using: &random)) / 100, networkMegabytesPerSecond: 1)
  }

  /// What a simulated run knows besides the state.
  private struct World {
    var state = ResourceState(ledger: ResourceLedger(capacity: capacity))
    var running: [AgentID] = []
    /// Requests that wait, in order of arrival.
    var waiting: [(number: AdmissionQueue.Number, agentID: AgentID)] = []
    var granted = 0

    mutating func take(_ grants: [ResourceState.Grant]) {
      for grant in grants {
        let index = waiting.firstIndex { $0.number == grant.number }
        #expect(index != nil, "only who waits is granted something")
        // Nobody overtakes, but for commands of an agent that has something already.
        if let index {
          let before = waiting[..<index].map(\.agentID)
          let isJoining = running.contains(grant.agentID)
          #expect(before.isEmpty || isJoining)
          waiting.remove(at: index)
        }
        running.append(grant.agentID)
        granted += 1
      }
    }

    func check() {
      let ledger = state.ledger
      #expect(
        ledger.allocated.memoryBytes <= capacity.memoryBytes && ledger.allocated.microcores <= capacity.microcores)
      #expect(ledger.count == Set(running).count, "only agents whose commands run have something")
      #expect(Set(state.queue.waiting.map(\.number)) == Set(waiting.map(\.number)))
    }
  }

  @Test("nothing is ever over-committed, leaked or overtaken, in any order of events")
  func simulation() {
    let seed = SeededRandom.forTest()
    for round in 0..<200 {
      var random = seed.branch(round)
      var world = World()
      let agents = (0..<6).map { _ in (AgentID(), Self.limits(&random)) }
      for _ in 0..<120 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          let (agentID, limits) = agents[Int.random(in: 0..<agents.count, using: &random)]
          guard let admission = try? world.state.admit(agentID, limits, at: .epoch) else { continue }
          switch admission {
          case .granted: world.running.append(agentID)
          case .waits(let number): world.waiting.append((number, agentID))
          }
        case 5..<9:
          guard let index = world.running.indices.randomElement(using: &random) else { continue }
          world.take(world.state.release(world.running.remove(at: index), at: .epoch))
        default:
          guard let index = world.waiting.indices.randomElement(using: &random) else { continue }
          world.take(world.state.withdraw(world.waiting.remove(at: index).number, at: .epoch))
        }
        world.check()
      }
      while let agentID = world.running.popLast() { world.take(world.state.release(agentID, at: .epoch)) }
      #expect(world.state.ledger.allocated == .zero && world.state.ledger.count == 0, "\(seed)")
      #expect(world.state.allocations.isEmpty && world.waiting.isEmpty, "\(seed)")
    }
  }

  /// The memory that is held at one moment.
  private final class Held: Sendable {
    private let state = Mutex<(memory: Int, most: Int, count: Int)>((0, 0, 0))

    var total: (memory: Int, most: Int, count: Int) { state.withLock { $0 } }

    func add(_ megabytes: Int) {
      state.withLock { state in
        state.memory += megabytes
        state.most = max(state.most, state.memory)
        state.count += 1
      }
    }

    func remove(_ megabytes: Int) { state.withLock { $0.memory -= megabytes } }
  }

  @Test("commands that come at the same time never hold more than there is, and all have their turn")
  func concurrency() async throws {
    let seed = SeededRandom.forTest()
    let manager = try await FakeMachine().manager()
    let held = Held()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<200 {
        group.addTask {
          var random = seed.branch(index)
          let limits = Self.limits(&random)
          let turns = Int.random(in: 0..<20, using: &random)
          let agentID = AgentID()
          guard (try? await manager.begin(agentID, limits: limits, within: .seconds(1))) != nil else { return }
          held.add(limits.memoryMegabytes)
          for _ in 0..<turns { await Task.yield() }
          held.remove(limits.memoryMegabytes)
          manager.end(agentID)
        }
      }
    }
    let total = held.total
    #expect(total.most <= 1_000, "\(seed)")
    #expect(total.count == 200, "\(seed)")
    #expect(manager.state.withLock { $0.ledger.allocated } == .zero, "\(seed)")
    #expect(manager.tickets.withLock { $0.isEmpty })
  }
}
