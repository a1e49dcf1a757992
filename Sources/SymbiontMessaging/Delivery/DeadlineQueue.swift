import HeapModule

/// The moments at which something is to be done, the earliest first.
///
/// One thing has one deadline at a time. Those that were replaced stay until they come to the front or are the most.
struct DeadlineQueue<Key: Hashable & Sendable>: Sendable {
  private struct Item: Comparable, Sendable {
    let time: Int64
    let key: Key

    static func < (left: Item, right: Item) -> Bool { left.time < right.time }
    static func == (left: Item, right: Item) -> Bool { left.time == right.time }
  }

  private static var slack: Int { 1_024 }

  private var heap = Heap<Item>()
  private var deadlines: [Key: Int64] = [:]

  var count: Int { deadlines.count }

  mutating func remove(_ key: Key) { deadlines.removeValue(forKey: key) }

  /// Sets or replaces the deadline of a thing.
  mutating func set(_ time: Int64, for key: Key) {
    deadlines[key] = time
    heap.insert(Item(time: time, key: key))
    if heap.count > 2 * deadlines.count + Self.slack {
      heap = Heap(deadlines.map { Item(time: $0.value, key: $0.key) })
    }
  }

  /// The earliest deadline.
  mutating func next() -> Int64? {
    while let first = heap.min {
      if deadlines[first.key] == first.time { return first.time }
      heap.removeMin()
    }
    return nil
  }

  /// Takes the things whose deadline has come, at most so many.
  mutating func popDue(at now: Int64, atMost maximum: Int) -> [Key] {
    var due: [Key] = []
    while due.count < maximum, let time = next(), time <= now {
      let key = heap.removeMin().key
      deadlines[key] = nil
      due.append(key)
    }
    return due
  }
}
