import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("The pool of waiting sandboxes")
struct SandboxPoolStateTests {
  private let start = Timestamp(microsecondsSinceEpoch: 1_000_000)

  private func key(_ megabytes: Int = 512) throws -> SandboxPoolKey {
    let config = SandboxConfig(agentID: AgentID(), resourceLimits: ResourceLimits(memoryMegabytes: megabytes))
    return try #require(SandboxPoolKey(config, SandboxOptions()))
  }

  @Test("sandboxes with a network or a directory of the machine do not wait")
  func keys() throws {
    let config = SandboxConfig(agentID: AgentID(), networkConfig: NetworkConfig(mode: .full))
    #expect(SandboxPoolKey(config, SandboxOptions()) == nil)
    #expect(SandboxPoolKey(SandboxConfig(agentID: AgentID()), SandboxOptions(workspaceDirectory: "/w")) == nil)
    #expect(try key() == key())
    #expect(try key() != key(1))
  }

  @Test("a pool is filled a few at a time, and a claim makes room for another")
  func filling() throws {
    var state = SandboxPoolState()
    let key = try key()
    #expect(state.want(3, of: key, at: start) == [.make(key), .make(key)])
    let ids = (0..<4).map { _ in SandboxID() }
    #expect(state.made(ids[0], key, at: start) == [.make(key)])
    #expect(state.made(ids[1], key, at: start) == [])
    #expect(state.made(ids[2], key, at: start) == [])
    let claim = state.claim(key, at: start)
    #expect(claim.claimed == ids[0])
    #expect(claim.actions == [.make(key)])
    #expect(state.waiting(key) == [ids[1], ids[2]])
    #expect(state.want(1, of: key, at: start) == [.destroy(ids[2])])
    #expect(state.made(ids[3], key, at: start) == [.destroy(ids[3])], "it is not wanted any more")
  }

  @Test("after a failure the next attempt is later, and later each time up to a bound")
  func failures() throws {
    var state = SandboxPoolState()
    let key = try key()
    var now = start
    var pauses: [Duration] = []
    #expect(state.want(1, of: key, at: now) == [.make(key)])
    for _ in 0..<10 {
      let answer = state.failed(key, at: now)
      let next = try #require(answer)
      pauses.append(next - now)
      #expect(state.refill(at: now) == [])
      now = next
      #expect(state.refill(at: now) == [.make(key)])
    }
    #expect(pauses == pauses.sorted())
    #expect(pauses.first == .milliseconds(500))
    #expect(pauses.last == .seconds(60))
    #expect(state.made(SandboxID(), key, at: now) == [])
  }

  @Test("after the drain nothing is made, and what was under way is destroyed")
  func draining() throws {
    var state = SandboxPoolState()
    let key = try key()
    _ = state.want(2, of: key, at: start)
    let (waiting, late) = (SandboxID(), SandboxID())
    _ = state.made(waiting, key, at: start)
    #expect(state.drain() == [waiting])
    #expect(state.made(late, key, at: start) == [.destroy(late)])
    #expect(state.claim(key, at: start).claimed == nil)
    #expect(state.want(5, of: key, at: start) == [])
  }

  @Test("at every step of random use nobody gets a sandbox twice and the bounds hold")
  func randomUse() throws {
    var random = SeededRandom.forTest()
    var state = SandboxPoolState()
    let keys = try (1...3).map { try key($0) }
    var (underWay, given) = ([SandboxPoolKey](), Set<SandboxID>())
    var now = start
    func apply(_ actions: [SandboxPoolState.Action]) {
      for action in actions {
        switch action {
        case .make(let key): underWay.append(key)
        case .destroy(let id): #expect(given.insert(id).inserted)
        }
      }
    }
    for _ in 0..<2_000 {
      now = now + .milliseconds(Int.random(in: 0...400, using: &random))
      let key = keys[Int.random(in: 0..<3, using: &random)]
      switch Int.random(in: 0..<4, using: &random) {
      case 0: apply(state.want(Int.random(in: 0...150, using: &random), of: key, at: now))
      case 1:
        let (claimed, actions) = state.claim(key, at: now)
        if let claimed { #expect(given.insert(claimed).inserted) }
        apply(actions)
      default:
        guard let index = underWay.indices.randomElement(using: &random) else { continue }
        let made = underWay.remove(at: index)
        if Int.random(in: 0..<5, using: &random) == 0 {
          _ = state.failed(made, at: now)
        } else {
          apply(state.made(SandboxID(), made, at: now))
        }
      }
      #expect(underWay.count <= SandboxPoolState.maximumUnderWay)
      #expect(state.total <= SandboxPoolState.maximumTotal)
    }
  }
}
