import SymbiontCore
import SymbiontStore

/// The schedules, by slot, by id and by agent, and when they come due.
package struct ScheduleTable: Sendable {
  let runsPerSchedule: Int
  private var slots: [ScheduleID: UInt32] = [:]
  private var slotsByAgent: [AgentID: Set<UInt32>] = [:]
  private var free: [UInt32] = []
  private(set) var entries: [ScheduleEntry?] = []
  /// Civil times.
  var times = TimerQueue()

  init(runsPerSchedule: Int) {
    self.runsPerSchedule = runsPerSchedule
  }

  var count: Int { slots.count }
  var used: [UInt32] { slots.values.sorted() }
  /// The agents that have schedules.
  var agents: Set<AgentID> { Set(slotsByAgent.keys) }

  subscript(id: ScheduleID) -> ScheduleEntry? {
    get { slots[id].flatMap { entries[Int($0)] } }
    _modify {
      // A place that no schedule has is written to nowhere.
      guard let slot = slots[id] else {
        var nowhere: ScheduleEntry?
        yield &nowhere
        return
      }
      yield &entries[Int(slot)]
    }
  }

  /// The slots of an agent's schedules, in no order.
  func slots(of agentID: AgentID) -> Set<UInt32> { slotsByAgent[agentID] ?? [] }

  func entry(at slot: UInt32) -> ScheduleEntry? { entries[Int(slot)] }

  mutating func insert(_ entry: ScheduleEntry) {
    let slot: UInt32
    if let reused = free.popLast() {
      slot = reused
      entries[Int(slot)] = entry
    } else {
      slot = UInt32(entries.count)
      entries.append(entry)
    }
    slots[entry.schedule.id] = slot
    slotsByAgent[entry.schedule.agentID, default: []].insert(slot)
  }

  mutating func remove(_ id: ScheduleID) {
    guard let slot = slots.removeValue(forKey: id) else { return }
    times.cancel(slot)
    if let agentID = entries[Int(slot)]?.schedule.agentID { forget(slot, of: agentID) }
    entries[Int(slot)] = nil
    free.append(slot)
  }

  private mutating func forget(_ slot: UInt32, of agentID: AgentID) {
    slotsByAgent[agentID]?.remove(slot)
    if slotsByAgent[agentID]?.isEmpty == true { slotsByAgent[agentID] = nil }
  }

  /// A schedule that was to be removed stays.
  mutating func keep(_ id: ScheduleID) {
    self[id]?.isRemoving = false
    setTimer(of: id)
  }

  /// Sets the timer of a schedule to its next time, or none.
  mutating func setTimer(of id: ScheduleID) {
    guard let slot = slots[id], let entry = entries[Int(slot)] else { return }
    guard entry.isConfirmed, !entry.isRemoving, !entry.isFiring, let next = entry.next else {
      return times.cancel(slot)
    }
    times.set(slot, at: next.microsecondsSinceEpoch)
  }

  mutating func append(_ run: ScheduleRun, to id: ScheduleID) {
    let excess = (self[id]?.runs.count ?? 0) + 1 - runsPerSchedule
    if excess > 0 { self[id]?.runs.removeFirst(excess) }
    self[id]?.runs.append(run)
  }
}
