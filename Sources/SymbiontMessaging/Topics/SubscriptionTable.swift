import SymbiontCore

/// Who is subscribed to what; finds the subscribers of a topic by its words, not by trying all patterns.
struct SubscriptionTable: Sendable {
  private struct Branch: Sendable {
    var agents: Set<AgentID> = []
    var children: [Substring: Int] = [:]
  }

  /// The first is the root; a child's number is its place here.
  private var branches = [Branch()]
  private var patterns: [AgentID: Set<String>] = [:]
  private var count = 0

  /// The patterns of an agent, sorted.
  func patterns(of agentID: AgentID) -> [String] { (patterns[agentID] ?? []).sorted() }

  func count(of agentID: AgentID) -> Int { patterns[agentID]?.count ?? 0 }

  func contains(_ agentID: AgentID, _ pattern: TopicPattern) -> Bool {
    patterns[agentID]?.contains(pattern.text) ?? false
  }

  mutating func insert(_ agentID: AgentID, _ pattern: TopicPattern) {
    guard patterns[agentID, default: []].insert(pattern.text).inserted else { return }
    count += 1
    var place = 0
    for word in pattern.words {
      if let child = branches[place].children[word] {
        place = child
      } else {
        branches.append(Branch())
        branches[place].children[word] = branches.count - 1
        place = branches.count - 1
      }
    }
    branches[place].agents.insert(agentID)
  }

  mutating func remove(_ agentID: AgentID, _ pattern: TopicPattern) {
    guard patterns[agentID]?.remove(pattern.text) != nil else { return }
    count -= 1
    if patterns[agentID]?.isEmpty ?? false { patterns[agentID] = nil }
    var way = [0]
    for word in pattern.words {
      guard let child = branches[way[way.count - 1]].children[word] else { return }
      way.append(child)
    }
    branches[way[way.count - 1]].agents.remove(agentID)
    rebuildWhenSparse()
  }

  /// The agents that are subscribed to the topic, each once, sorted.
  func subscribers(of topic: TopicPattern) -> [AgentID] {
    var found: Set<AgentID> = []
    var places = [0]
    for word in topic.words {
      var next: [Int] = []
      for place in places {
        let children = branches[place].children
        if let rest = children[">"] { found.formUnion(branches[rest].agents) }
        if let any = children["*"] { next.append(any) }
        if let child = children[word] { next.append(child) }
      }
      places = next
    }
    for place in places { found.formUnion(branches[place].agents) }
    return found.sorted()
  }

  /// Branches that nobody is on any more are dropped when they are most of all.
  private mutating func rebuildWhenSparse() {
    guard branches.count > 2 * TopicPattern.maximumWords * (count + 1) else { return }
    let all = patterns
    self = SubscriptionTable()
    for (agentID, texts) in all {
      for text in texts {
        if let pattern = try? TopicPattern(pattern: text) { insert(agentID, pattern) }
      }
    }
  }
}
