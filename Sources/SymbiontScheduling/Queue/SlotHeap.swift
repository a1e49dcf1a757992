/// A heap of slots of some table, each with a key, the smallest first.
///
/// Any slot can be removed or given another key in logarithmic time, because the place of each is kept: in an array
/// beside the heap, which several heaps of one table share as long as a slot is in one of them at a time. Nodes have four
/// children, which costs fewer cache misses than two.
package struct SlotHeap<Key: Comparable & Sendable>: Sendable {
  /// Where each slot is in its heap; ``absent`` when it is in none.
  package typealias Places = [Int32]
  /// The place of a slot that is in no heap.
  package static var absent: Int32 { -1 }
  private static var arity: Int { 4 }

  private struct Node: Sendable {
    var key: Key
    var slot: UInt32
  }

  private var nodes: [Node] = []

  package init() {}

  package var count: Int { nodes.count }
  package var isEmpty: Bool { nodes.isEmpty }

  /// The slot with the smallest key.
  package var first: (key: Key, slot: UInt32)? {
    nodes.first.map { ($0.key, $0.slot) }
  }

  /// All slots, in no order.
  package var slots: [UInt32] { nodes.map(\.slot) }

  /// The bytes that the nodes take, room for more included.
  package var allocatedBytes: Int { nodes.capacity * MemoryLayout<Node>.stride }

  /// Adds a slot that is in no heap; `places` must have room for it.
  package mutating func insert(_ slot: UInt32, key: Key, places: inout Places) {
    nodes.append(Node(key: key, slot: slot))
    rise(from: nodes.count - 1, places: &places)
  }

  /// Takes the slot with the smallest key.
  package mutating func removeFirst(places: inout Places) -> UInt32? {
    guard let slot = nodes.first?.slot else { return nil }
    remove(slot, places: &places)
    return slot
  }

  /// Takes a slot that is in this heap.
  package mutating func remove(_ slot: UInt32, places: inout Places) {
    let index = Int(places[Int(slot)])
    places[Int(slot)] = Self.absent
    let last = nodes.removeLast()
    guard index < nodes.count else { return }
    nodes[index] = last
    settle(index, places: &places)
  }

  /// Gives a slot that is in this heap another key.
  package mutating func update(_ slot: UInt32, key: Key, places: inout Places) {
    let index = Int(places[Int(slot)])
    nodes[index].key = key
    settle(index, places: &places)
  }

  private mutating func settle(_ index: Int, places: inout Places) {
    if index > 0, nodes[index].key < nodes[(index - 1) / Self.arity].key {
      rise(from: index, places: &places)
    } else {
      sink(from: index, places: &places)
    }
  }

  private mutating func rise(from start: Int, places: inout Places) {
    var index = start
    let node = nodes[index]
    while index > 0 {
      let parent = (index - 1) / Self.arity
      guard node.key < nodes[parent].key else { break }
      nodes[index] = nodes[parent]
      places[Int(nodes[index].slot)] = Int32(truncatingIfNeeded: index)
      index = parent
    }
    nodes[index] = node
    places[Int(node.slot)] = Int32(truncatingIfNeeded: index)
  }

  private mutating func sink(from start: Int, places: inout Places) {
    var index = start
    let node = nodes[index]
    while true {
      let firstChild = index * Self.arity + 1
      guard firstChild < nodes.count else { break }
      var child = firstChild
      for candidate in firstChild + 1..<max(firstChild + 1, min(firstChild + Self.arity, nodes.count))
      where nodes[candidate].key < nodes[child].key {
        child = candidate
      }
      guard nodes[child].key < node.key else { break }
      nodes[index] = nodes[child]
      places[Int(nodes[index].slot)] = Int32(truncatingIfNeeded: index)
      index = child
    }
    nodes[index] = node
    places[Int(node.slot)] = Int32(truncatingIfNeeded: index)
  }
}
