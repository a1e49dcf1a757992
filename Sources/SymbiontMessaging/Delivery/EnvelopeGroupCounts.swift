/// How many messages of each group in the store are known, and how many of those need their envelope.
///
/// What nobody needs any more is gathered, so that the store removes it together.
struct EnvelopeGroupCounts: Sendable {
  private struct Count: Sendable {
    var known = 0
    var needed = 0
  }

  /// How many groups have their envelopes removed together.
  private static let removedTogether = 64

  private var counts: [Int64: Count] = [:]
  /// Groups of which no message is known any more.
  private var empty: [Int64] = []
  /// Groups of which no envelope is needed any more.
  private var spent: [Int64] = []

  /// A message of the group is known now.
  mutating func add(_ group: Int64, needsEnvelope: Bool) {
    counts[group, default: Count()].known += 1
    if needsEnvelope { counts[group]?.needed += 1 }
  }

  /// A message of the group does not need its envelope any more.
  mutating func dropEnvelope(_ group: Int64) {
    let left = { (count: inout Count) in
      count.needed -= 1
      return count.needed
    }(&counts[group, default: Count(known: 1, needed: 1)])
    if left == 0 { spent.append(group) }
  }

  /// A message of the group is not known any more, and does not need its envelope.
  mutating func release(_ group: Int64) {
    let left = { (count: inout Count) in
      count.known -= 1
      return count.known
    }(&counts[group, default: Count(known: 1)])
    guard left <= 0 else { return }
    counts[group] = nil
    empty.append(group)
  }

  /// Takes over the groups that a former bus left.
  mutating func restore(_ groups: Set<Int64>) {
    empty += groups.filter { counts[$0] == nil }
    spent += groups.filter { counts[$0]?.needed == 0 }
  }

  /// The groups that are to be forgotten.
  mutating func takeEmpty() -> [Int64] {
    defer { empty.removeAll() }
    return empty
  }

  /// The groups whose envelopes are to be removed, when it is time.
  mutating func takeSpent() -> [Int64] {
    guard spent.count >= Self.removedTogether else { return [] }
    defer { spent.removeAll(keepingCapacity: true) }
    return spent.filter { counts[$0]?.needed == 0 }
  }
}
