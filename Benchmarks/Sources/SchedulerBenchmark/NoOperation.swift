import SymbiontCore
import SymbiontScheduling
import Synchronization

/// Work that does nothing, and counts how often it was done.
final class NoOperation: TaskPerformer {
  private let count = Atomic<Int>(0)

  var done: Int { count.load(ordering: .relaxed) }

  func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    count.wrappingAdd(1, ordering: .relaxed)
    return []
  }
}
