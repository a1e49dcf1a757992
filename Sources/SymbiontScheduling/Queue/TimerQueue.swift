/// Timers of the slots of a table, at most one a slot: set, cancelled and fired in logarithmic time.
///
/// Times are microseconds of whatever clock the owner means. A pending timer takes 16 bytes in the heap and 4 for its
/// place, besides the room that arrays keep for growing.
package struct TimerQueue: Sendable {
  private var heap = SlotHeap<Int64>()
  private var places: SlotHeap<Int64>.Places = []

  package init() {}

  /// How many timers are pending.
  package var count: Int { heap.count }

  /// When the earliest timer is due.
  package var nextTime: Int64? { heap.first?.key }

  /// The bytes that the timers take, room for more included.
  package var allocatedBytes: Int { heap.allocatedBytes + places.capacity * MemoryLayout<Int32>.stride }

  /// Sets the timer of a slot, instead of one that it had.
  package mutating func set(_ slot: UInt32, at time: Int64) {
    while places.count <= Int(slot) { places.append(SlotHeap<Int64>.absent) }
    if places[Int(slot)] == SlotHeap<Int64>.absent {
      heap.insert(slot, key: time, places: &places)
    } else {
      heap.update(slot, key: time, places: &places)
    }
  }

  /// Cancels the timer of a slot; that there is none is no error.
  package mutating func cancel(_ slot: UInt32) {
    guard contains(slot) else { return }
    heap.remove(slot, places: &places)
  }

  /// Whether a slot has a timer.
  package func contains(_ slot: UInt32) -> Bool {
    Int(slot) < places.count && places[Int(slot)] != SlotHeap<Int64>.absent
  }

  /// Takes the earliest timer that is due.
  package mutating func fire(upTo time: Int64) -> UInt32? {
    guard let first = heap.first, first.key <= time else { return nil }
    return heap.removeFirst(places: &places)
  }
}
