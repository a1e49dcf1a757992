import SymbiontCore
import SymbiontScheduling
import SymbiontStore

/// What a simulated scheduler works in: two clocks, workers that do as they are told, and a store that can be slow.
struct SimulatedWorld {
  struct Worker: TaskWorker {
    var name: String
    var capacity: Int
    var weight: Int
    var isChecked: Bool { true }

    func perform(_ attempt: TaskAttempt) async throws -> [UInt8] { [] }
  }

  /// Work that was begun in this life of the process and has not ended.
  struct Work {
    var slot: UInt32
    var attempt: TaskAttempt
    var isStopped = false
  }

  var now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)
  var work: [ExecutionID: Work] = [:]
  /// The batch that the store is writing.
  var batch: [JournalEntry] = []

  mutating func advance(_ microseconds: Int64) {
    now.civil += .microseconds(microseconds)
    now.elapsed += microseconds
  }

  mutating func setClock(by microseconds: Int64) {
    now.civil += .microseconds(microseconds)
  }
}
