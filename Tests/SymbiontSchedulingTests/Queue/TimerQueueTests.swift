import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("The timer queue")
struct TimerQueueTests {
  @Test("fires what a sorted list would, whatever is set, moved and cancelled before")
  func model() {
    for index in 0..<50 {
      let seed = SeededRandom.forTest().branch(index)
      var random = seed
      var queue = TimerQueue()
      var model: [UInt32: Int64] = [:]
      for _ in 0..<400 {
        let slot = UInt32.random(in: 0..<64, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6:
          let time = Int64.random(in: -20...200, using: &random)
          queue.set(slot, at: time)
          model[slot] = time
        case 6..<8:
          queue.cancel(slot)
          model[slot] = nil
        default:
          let now = Int64.random(in: -20...200, using: &random)
          let due = model.values.filter { $0 <= now }.min()
          let fired = queue.fire(upTo: now)
          #expect(fired.flatMap { model[$0] } == due, "\(seed)")
          if let fired { model[fired] = nil }
        }
        #expect(queue.count == model.count, "\(seed)")
        #expect(queue.nextTime == model.values.min(), "\(seed)")
        #expect(queue.contains(slot) == (model[slot] != nil), "\(seed)")
      }
    }
  }

  @Test("takes at most 40 bytes a timer, room for more included")
  func memory() {
    var queue = TimerQueue()
    for slot in 0..<UInt32(100_000) { queue.set(slot, at: Int64(slot ^ 0x5555)) }
    #expect(queue.allocatedBytes <= 40 * 100_000)
    for slot in 0..<UInt32(100_000) { queue.cancel(slot) }
    #expect(queue.nextTime == nil)
  }
}
