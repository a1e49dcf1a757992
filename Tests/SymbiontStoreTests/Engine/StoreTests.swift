import SymbiontStore
import SymbiontTesting
import Synchronization
import Testing

@Suite("A store")
struct StoreTests {
  @Test("keeps what was written when it is opened again")
  func keepsWrites() async throws {
    let directory = try TemporaryStoreDirectory()
    let first = try NotesSchema.open(directory)
    try await first.write { try $0.insert(1) }
    await first.close()
    let second = try NotesSchema.open(directory)
    #expect(try await second.read { try $0.numbers() } == [1])
    await second.close()
  }

  @Test("lets a read see every write that returned before it", arguments: [true, false])
  func readsOwnWrites(inMemory: Bool) async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try inMemory ? NotesSchema.openInMemory() : NotesSchema.open(directory)
    for number in 0..<50 {
      try await store.write { try $0.insert(number) }
      #expect(try await store.read { try $0.numbers().count } == number + 1)
    }
    await store.close()
  }

  @Test("commits what waits together, and answers only after the commit")
  func groupsCommits() async throws {
    let observer = RecordingObserver()
    let store = try Store.open(
      StoreConfiguration(durability: .memory, migrations: NotesSchema.migrations, observer: observer))
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    for number in 0..<20 {
      answers.submit(number, to: store) { transaction in
        observer.note("body")
        try transaction.insert(number)
      }
    }
    gate.open()
    _ = await answers.all()
    #expect(
      observer.events == ["before 1", "after 1"] + [String](repeating: "body", count: 20) + ["before 2", "after 2"])
    #expect(store.statistics.commits == 2)
    #expect(store.statistics.largestBatch == 20)
    await store.close()
  }

  @Test("splits a batch that is larger than allowed, keeping the order")
  func splitsBatches() async throws {
    var configuration = NotesSchema.configuration(.memory)
    configuration.maximumBatch = 7
    let store = try Store.open(configuration)
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    let recorder = OrderRecorder()
    for number in 0..<20 {
      answers.submit(number, to: store) { transaction in
        recorder.append(number)
        try transaction.insert(number)
      }
    }
    gate.open()
    _ = await answers.all()
    #expect(recorder.numbers == Array(0..<20))
    #expect(store.statistics.commits == 4)
    #expect(store.statistics.largestBatch == 7)
    await store.close()
  }

  @Test("finishes the work of a cancelled task, since what happened must be recorded")
  func ignoresCancellation() async throws {
    let store = try NotesSchema.openInMemory()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await store.write { try $0.insert(7) }
      return Task.isCancelled
    }
    #expect(try await task.value)
    #expect(try await store.read { try $0.numbers() } == [7])
    await store.close()
  }
}

/// Writes down what a store reports, in order.
private final class RecordingObserver: StoreObserver {
  private let recorded = Mutex<[String]>([])
  var events: [String] { recorded.withLock { $0 } }

  func note(_ event: String) { recorded.withLock { $0.append(event) } }
  func beforeCommit(_ number: UInt64) { note("before \(number)") }
  func afterCommit(_ number: UInt64) { note("after \(number)") }
}

private final class OrderRecorder: Sendable {
  private let recorded = Mutex<[Int]>([])
  var numbers: [Int] { recorded.withLock { $0 } }

  func append(_ number: Int) { recorded.withLock { $0.append(number) } }
}
