import SymbiontCore

/// The tasks that have not ended, by slot and by id.
struct TaskTable: Sendable {
  private var slots: [TaskID: UInt32] = [:]
  private var free: [UInt32] = []
  /// The entries by slot; those of free slots are the last ones that were there.
  private(set) var entries: ContiguousArray<TaskEntry> = []

  /// How many tasks there are.
  var count: Int { slots.count }

  /// The slots in use, in no order.
  var used: some Sequence<UInt32> { slots.values }

  subscript(slot: UInt32) -> TaskEntry {
    get { entries[Int(slot)] }
    _modify { yield &entries[Int(slot)] }
  }

  func slot(of id: TaskID) -> UInt32? { slots[id] }

  mutating func insert(_ entry: TaskEntry) -> UInt32 {
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      entries[Int(slot)] = entry
    } else {
      slot = UInt32(entries.count)
      entries.append(entry)
    }
    slots[entry.task.id] = slot
    return slot
  }

  mutating func remove(_ slot: UInt32) {
    slots[entries[Int(slot)].task.id] = nil
    entries[Int(slot)].task.input = []
    entries[Int(slot)].cancelRequests = []
    entries[Int(slot)].endRequests = []
    free.append(slot)
  }
}
