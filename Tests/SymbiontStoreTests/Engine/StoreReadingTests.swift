import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Reading a store")
struct StoreReadingTests {
  @Test("cannot change it", arguments: [true, false])
  func readsCannotWrite(inMemory: Bool) async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try inMemory ? NotesSchema.openInMemory() : NotesSchema.open(directory)
    let code = await errorCode { () async throws(StoreError) in try await store.read { try $0.insert(1) } }
    #expect(code == "STORE_STATEMENT_FAILED")
    try await store.write { try $0.insert(2) }
    #expect(try await store.read { try $0.numbers() } == [2])
    await store.close()
  }

  @Test("sees one snapshot while writes go on")
  func snapshot() async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try NotesSchema.open(directory)
    let snapshot = await HeldSnapshot.open(store)
    for number in 0..<5 { try await store.write { try $0.insert(number) } }
    #expect(try await store.read { try $0.numbers().count } == 5)
    #expect(await snapshot.end() == 0)
    await store.close()
  }

  @Test("many times at once is answered for each")
  func manyReads() async throws {
    let directory = try TemporaryStoreDirectory()
    let store = try NotesSchema.open(directory)
    try await store.write { try $0.insert(1) }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<200 { group.addTask { try await store.read { try $0.numbers().count } } }
      for try await count in group { #expect(count == 1) }
    }
    await store.close()
  }

  @Test("without owning it works while the owner writes, and after it is gone")
  func readOnly() async throws {
    let directory = try TemporaryStoreDirectory()
    let owner = try NotesSchema.open(directory)
    try await owner.write { try $0.insert(1) }
    let configuration = NotesSchema.configuration(.disk(directory: directory.path))
    let reader = try Store.openReadOnly(configuration)
    #expect(try await reader.read { try $0.numbers() } == [1])
    try await owner.write { try $0.insert(2) }
    #expect(try await reader.read { try $0.numbers() } == [1, 2])
    #expect(await errorCode { () async throws(StoreError) in try await reader.write { _ in } } == "STORE_READ_ONLY")
    await reader.close()
    await owner.close()
    let late = try Store.openReadOnly(configuration)
    #expect(try await late.read { try $0.numbers() } == [1, 2])
    await late.close()
  }

  @Test("of a directory without a store says so and makes nothing")
  func nothingToRead() async throws {
    let directory = try TemporaryStoreDirectory()
    let error = #expect(throws: StoreError.self) { try Store.openReadOnly(directory: directory.path) }
    #expect(
      error?.description
        == "the data directory `\(directory.path)` has no store in it; start the runtime on it once, or name another directory"
    )
    #expect(throws: (any Error).self) { try FileStatus(directory.path + "/symbiont.sqlite") }
  }
}
