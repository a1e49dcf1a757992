/// The admitted tasks of agents: a chain of slots for each agent, whose first one the agent keeps.
///
/// Adding and removing cost the same however many there are, and allocate only when there are more slots than ever before.
struct AdmittedTasks: Sendable {
  /// No slot: the end of a chain.
  static let none = UInt32.max

  private struct Link: Sendable {
    var previous = none
    var next = none
  }

  /// By slot.
  private var links: [Link] = []

  mutating func add(_ slot: UInt32, to first: inout UInt32) {
    while links.count <= Int(slot) { links.append(Link()) }
    links[Int(slot)] = Link(previous: Self.none, next: first)
    if first != Self.none { links[Int(first)].previous = slot }
    first = slot
  }

  /// Takes a slot out of the chain that it is in.
  mutating func remove(_ slot: UInt32, from first: inout UInt32) {
    let link = links[Int(slot)]
    if link.next != Self.none { links[Int(link.next)].previous = link.previous }
    if link.previous == Self.none { first = link.next } else { links[Int(link.previous)].next = link.next }
  }

  /// The slots of a chain, the last one that was added first.
  func slots(from first: UInt32) -> [UInt32] {
    var slots: [UInt32] = []
    var slot = first
    while slot != Self.none {
      slots.append(slot)
      slot = links[Int(slot)].next
    }
    return slots
  }
}
