import SymbiontStore

/// How many messages of each group in the store are known, and how many of those need their envelope.
///
/// What nobody needs any more is gathered, so that the store removes it together.
struct EnvelopeGroupCounts: Sendable {
  private struct Count: Sendable {
    var known = 0
    var needed = 0
    /// Messages that were kept, but of which nobody was told yet.
    var unheard = 0
  }

  /// How many groups have their envelopes removed together.
  private static let removedTogether = 64

  private var counts: [Int64: Count] = [:]
  /// Where the count is that was changed last; only as long as none is removed.
  private var latest: (group: Int64, slot: Dictionary<Int64, Count>.Index)?
  /// Groups of which no message is known any more.
  private var empty: [Int64] = []
  /// Groups of which no envelope is needed any more.
  private var spent: [Int64] = []

  /// A new message is durable, and needs its envelope.
  mutating func add(_ location: EnvelopeLocation) {
    change(location.group, else: Count(unheard: Int(location.count))) { count in
      count.known += 1
      count.needed += 1
      count.unheard -= 1
    }
  }

  /// A former bus left a message; it counts as one that needs its envelope.
  mutating func restore(_ location: EnvelopeLocation) {
    change(location.group, else: Count()) { count in
      count.known += 1
      count.needed += 1
    }
  }

  /// A message of the group does not need its envelope any more.
  mutating func dropEnvelope(_ group: Int64) {
    let count = change(group, else: Count(known: 1, needed: 1)) { $0.needed -= 1 }
    if count.needed <= 0, count.unheard <= 0 { spent.append(group) }
  }

  /// A message of the group is not known any more, and does not need its envelope.
  mutating func release(_ group: Int64) {
    let count = change(group, else: Count(known: 1)) { $0.known -= 1 }
    guard count.known <= 0, count.unheard <= 0 else { return }
    counts[group] = nil
    latest = nil
    empty.append(group)
  }

  /// Takes over the groups that a former bus left, after their messages.
  mutating func restore(_ groups: Set<Int64>) {
    empty += groups.filter { counts[$0] == nil }
    spent += groups.filter { counts[$0]?.needed == 0 }
  }

  /// The groups that are to be forgotten.
  mutating func takeEmpty() -> [Int64] {
    guard !empty.isEmpty else { return [] }
    defer { empty.removeAll() }
    return empty.filter { counts[$0] == nil }
  }

  /// The groups whose envelopes are to be removed, when it is time.
  mutating func takeSpent() -> [Int64] {
    guard spent.count >= Self.removedTogether else { return [] }
    defer { spent.removeAll(keepingCapacity: true) }
    return spent.filter { counts[$0]?.needed == 0 }
  }

  /// What was to be removed could not be.
  mutating func putBack(empty: [Int64], spent: [Int64]) {
    self.empty += empty
    self.spent += spent
  }

  @discardableResult
  private mutating func change(_ group: Int64, else new: Count, _ change: (inout Count) -> Void) -> Count {
    if latest?.group != group {
      if counts.index(forKey: group) == nil { counts[group] = new }
      latest = counts.index(forKey: group).map { (group, $0) }
    }
    guard let slot = latest?.slot else { return new }
    change(&counts.values[slot])
    return counts.values[slot]
  }
}
