import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Closing a store")
struct StoreClosingTests {
  @Test("finishes what was accepted and refuses the rest", arguments: [true, false])
  func finishesAccepted(inMemory: Bool) async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try inMemory ? NotesSchema.openInMemory() : NotesSchema.open(directory)
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    for number in 0..<10 { answers.submit(number, to: store) { try $0.insert(number) } }
    // Runs at once up to its first suspension, by which nothing more is admitted.
    let closing = Task.immediate { await store.close() }
    answers.submit(10, to: store) { try $0.insert(10) }
    gate.open()
    let results = await answers.all()
    await closing.value
    #expect((0..<10).allSatisfy { results[$0]?.failure == nil })
    #expect(results[10]?.failure?.code == "STORE_CLOSED")
    #expect(await errorCode { () async throws(StoreError) in try await store.read { _ in } } == "STORE_CLOSED")
    if !inMemory {
      let again = try NotesSchema.open(directory)
      #expect(try await again.read { try $0.numbers() } == Array(0..<10))
      await again.close()
    }
  }

  @Test("twice, at once or again, does no harm and always waits for the end")
  func closesTwice() async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try NotesSchema.open(directory)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { await store.close() } }
    }
    await store.close()
    await (try NotesSchema.open(directory)).close()
  }

  @Test("leaves a database without a log, and letting go of a store unclosed loses nothing")
  func leavesNoLog() async throws {
    let directory = try TemporaryStoreDirectory()
    try await NotesSchema.open(directory).write { try $0.insert(1) }
    let store = try NotesSchema.open(directory)
    #expect(try await store.read { try $0.numbers() } == [1])
    await store.close()
    #expect(throws: (any Error).self) { try FileStatus(directory.path + "/symbiont.sqlite-wal") }
  }
}
