import HeapModule

/// The moments at which something is to be done, the earliest first.
///
/// What is to be done knows its own deadline: a moment that is not (any more) the deadline of its thing is passed over when
/// it comes to the front, and all such are dropped when they are the most.
struct DeadlineQueue<Key: Sendable>: Sendable {
  private struct Item: Comparable, Sendable {
    let time: Int64
    let key: Key

    static func < (left: Item, right: Item) -> Bool { left.time < right.time }
    static func == (left: Item, right: Item) -> Bool { left.time == right.time }
  }

  private static var slack: Int { 1_024 }

  private var heap = Heap<Item>()

  /// How many moments are held, those that count for nothing included.
  var held: Int { heap.count }

  /// Whether moments that count for nothing are the most, when so many things have a deadline.
  func isStale(of count: Int) -> Bool { heap.count > 2 * count + Self.slack }

  mutating func insert(_ time: Int64, for key: Key) { heap.insert(Item(time: time, key: key)) }

  /// Takes the deadlines of all things, so that no other moment is left.
  mutating func replace(_ deadlines: some Sequence<(Int64, Key)>) { heap = Heap(deadlines.map(Item.init)) }

  /// The earliest deadline.
  mutating func next(_ isDeadline: (Int64, Key) -> Bool) -> Int64? {
    while let first = heap.min {
      if isDeadline(first.time, first.key) { return first.time }
      heap.removeMin()
    }
    return nil
  }

  /// Takes the first thing whose deadline has come.
  mutating func popDue(at now: Int64, _ isDeadline: (Int64, Key) -> Bool) -> Key? {
    guard let time = next(isDeadline), time <= now else { return nil }
    return heap.removeMin().key
  }
}
