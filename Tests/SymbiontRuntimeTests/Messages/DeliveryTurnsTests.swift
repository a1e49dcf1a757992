import SymbiontCore
import Testing

@testable import SymbiontRuntime

@Suite("The turns of an agent's messages")
struct DeliveryTurnsTests {
  @Test("let who asks wait until what is being handed over is taken or back, and others pass")
  func waits() async {
    let turns = DeliveryTurns()
    let (agent, other) = (AgentID(), AgentID())
    let (events, log) = AsyncStream<String>.makeStream()
    turns.begin(agent)
    await withTaskGroup { group in
      for _ in 0..<3 {
        group.addTask {
          await turns.pass(agent)
          log.yield("asked")
        }
      }
      await turns.pass(other)
      for _ in 0..<100 { await Task.yield() }
      log.yield("back")
      turns.end(agent)
    }
    await turns.pass(agent)
    log.finish()
    #expect(await events.reduce(into: []) { $0.append($1) } == ["back", "asked", "asked", "asked"])
  }
}
