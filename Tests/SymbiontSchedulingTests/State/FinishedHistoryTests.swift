import SymbiontCore
import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("The history of ended tasks")
struct FinishedHistoryTests {
  private struct Ended {
    let id: TaskID
    let ordinal: Int64
    let result: [UInt8]
  }

  @Test("holds the last tasks that fit, by their number and by their bytes, and of a larger one that one")
  func limits() {
    let seed = SeededRandom.forTest()
    var random = seed
    for _ in 0..<20 {
      let limit = Int.random(in: 1...12, using: &random)
      let byteLimit = Int.random(in: 1...200, using: &random)
      var history = FinishedHistory(limit: limit, bytes: byteLimit)
      var all: [Ended] = []
      for ordinal in 1...100 {
        let size = Bool.random(using: &random) ? 0 : Int.random(in: 0...80, using: &random)
        let ended = Ended(
          id: TaskID(timestamp: .epoch, using: &random), ordinal: Int64(ordinal),
          result: [UInt8](repeating: UInt8(ordinal), count: size))
        all.append(ended)
        history.add(ended.id, .completed(result: ended.result), ordinal: ended.ordinal, bytes: size)
        let kept = Self.fitting(all, limit, byteLimit)
        #expect(history.count == kept.count, "\(seed)")
        #expect(history.bytes == kept.reduce(0) { $0 + $1.result.count }, "\(seed)")
        #expect(history.forgottenOrdinal == Int64(all.count - kept.count), "\(seed)")
        for ended in kept { #expect(history[ended.id] == .completed(result: ended.result), "\(seed)") }
        for ended in all.dropLast(kept.count) { #expect(history[ended.id] == nil, "\(seed)") }
      }
    }
  }

  /// What is left of tasks that were added one after another.
  private static func fitting(_ all: [Ended], _ limit: Int, _ byteLimit: Int) -> ArraySlice<Ended> {
    var kept = all.suffix(limit)
    while kept.count > 1, kept.reduce(0, { $0 + $1.result.count }) > byteLimit { kept = kept.dropFirst() }
    return kept
  }

  @Test("knows a task that ended anew, also when its former end is forgotten")
  func sameTask() {
    var history = FinishedHistory(limit: 3, bytes: 100)
    let id = TaskID()
    history.add(id, .cancelled, ordinal: 1, bytes: 0)
    history.add(TaskID(), .cancelled, ordinal: 2, bytes: 0)
    history.add(id, .timedOut, ordinal: 3, bytes: 0)
    history.add(TaskID(), .cancelled, ordinal: 4, bytes: 0)
    #expect(history[id] == .timedOut && history.forgottenOrdinal == 1)
  }
}
