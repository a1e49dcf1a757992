import SymbiontCore
import SymbiontMessaging
import SymbiontTesting
import Testing

@testable import SymbiontMessaging

@Suite("Patterns of topics")
struct TopicPatternTests {
  @Test(
    "match words",
    arguments: [
      ("a", "a", true), ("a", "b", false), ("a.*", "a.b", true), ("a.*", "a", false), ("a.*", "a.b.c", false),
      ("a.>", "a.b", true), ("a.>", "a.b.c", true), ("a.>", "a", false), (">", "a", true), ("*", "a", true),
      ("*.b", "a.b", true), ("*.b", "a.c", false), ("a.*.c", "a.b.c", true), ("a", "a.b", false),
    ])
  func matching(pattern: String, topic: String, isMatch: Bool) throws {
    #expect(try TopicPattern(pattern: pattern).matches(TopicPattern(name: topic)) == isMatch)
  }

  @Test(
    "that are no patterns are refused",
    arguments: ["", ".", "a.", ".a", "a..b", "a.>.b", "a*", "a.b>", "a b", "a\tb", String(repeating: "x", count: 257)])
  func invalid(text: String) {
    #expect(throws: CommunicationError.self) { try TopicPattern(pattern: text) }
  }

  @Test("find the same subscribers as trying each does")
  func table() throws {
    var random = SeededRandom.forTest()
    let words = ["a", "b", "c", "*", ">"]
    var table = SubscriptionTable()
    var model: Set<Pair> = []
    let agents = (0..<8).map { _ in AgentID() }
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 1...4, using: &random))
        .map { _ in words.randomElement(using: &random) ?? "a" }.joined(separator: ".")
      guard let pattern = try? TopicPattern(pattern: text), let agent = agents.randomElement(using: &random) else {
        continue
      }
      if Bool.random(using: &random) {
        table.insert(agent, pattern)
        model.insert(Pair(agent: agent, pattern: pattern))
      } else {
        table.remove(agent, pattern)
        model.remove(Pair(agent: agent, pattern: pattern))
      }
      let name = (0..<Int.random(in: 1...4, using: &random))
        .map { _ in words.prefix(3).randomElement(using: &random) ?? "a" }.joined(separator: ".")
      let topic = try TopicPattern(name: name)
      let expected = Set(model.filter { $0.pattern.matches(topic) }.map(\.agent)).sorted()
      #expect(table.subscribers(of: topic) == expected, "\(random)")
      #expect(table.count(of: agent) == model.filter { $0.agent == agent }.count, "\(random)")
    }
  }

  private struct Pair: Hashable {
    let agent: AgentID
    let pattern: TopicPattern
  }
}
