import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The limits of a store")
struct StoreLimitsTests {
  @Test("refuse the write that is one too many, and admit again when there is room")
  func queueIsBounded() async throws {
    var configuration = NotesSchema.configuration(.memory)
    configuration.maximumQueuedSubmissions = 3
    let store = try Store.open(configuration)
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    for number in 1...4 { answers.submit(number, to: store) { try $0.insert(number) } }
    gate.open()
    let results = await answers.all()
    #expect(results[3]?.failure?.code == "STORE_OVERLOADED")
    #expect(results[4]?.failure?.isRetryable == true)
    try await store.write { try $0.insert(5) }
    #expect(try await store.read { try $0.numbers() } == [1, 2, 5])
    await store.close()
  }

  @Test("interrupt a read that holds its snapshot too long, and only that read")
  func readsAreBounded() async throws {
    let directory = try TemporaryStoreDirectory()
    var configuration = NotesSchema.configuration(.disk(directory: directory.path))
    configuration.maximumReadDuration = .milliseconds(20)
    configuration.readerCount = 1
    let store = try Store.open(configuration)
    let code = await errorCode { () async throws(StoreError) in
      try await store.read { transaction in
        try transaction.exists(
          """
          WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers) SELECT n FROM numbers WHERE n < 0
          """)
      }
    }
    #expect(code == "STORE_READ_TOO_LONG")
    #expect(try await store.read { try $0.numbers() } == [])
    await store.close()
  }

  @Test("bound the reads that wait")
  func readQueueIsBounded() async throws {
    var configuration = NotesSchema.configuration(.memory)
    configuration.maximumQueuedReads = 0
    let store = try Store.open(configuration)
    #expect(
      await errorCode { () async throws(StoreError) in try await store.read { try $0.numbers() } } == "STORE_OVERLOADED"
    )
    await store.close()
  }

  @Test("keep the write-ahead log from growing with the work")
  func logIsBounded() async throws {
    let directory = try TemporaryStoreDirectory()
    var configuration = NotesSchema.configuration(.disk(directory: directory.path))
    configuration.checkpointPages = 20
    let store = try Store.open(configuration)
    for number in 0..<200 { try await store.write { try $0.insert(number, bytes: 4_096) } }
    #expect(store.statistics.checkpoints >= 10)
    let bytes = try FileStatus(directory.path + "/symbiont.sqlite-wal").bytes
    #expect(bytes < 60 * 4_120, "the log holds \(bytes) bytes")
    await store.close()
  }

  @Test("start the log over when overlapping readers have let it grow")
  func logStartsOver() async throws {
    let directory = try TemporaryStoreDirectory()
    var configuration = NotesSchema.configuration(.disk(directory: directory.path))
    configuration.checkpointPages = 20
    configuration.maximumLogPages = 100
    let store = try Store.open(configuration)
    let reader = await HeldSnapshot.open(store)
    for number in 0..<100 { try await store.write { try $0.insert(number, bytes: 4_096) } }
    let held = try FileStatus(directory.path + "/symbiont.sqlite-wal").bytes
    #expect(held > 200 * 4_096, "the snapshot kept the log, which holds \(held) bytes")
    #expect(await reader.end() == 0, "the snapshot did not change")
    for number in 100..<120 { try await store.write { try $0.insert(number, bytes: 4_096) } }
    let after = try FileStatus(directory.path + "/symbiont.sqlite-wal").bytes
    #expect(after < held / 2, "the log holds \(after) bytes")
    await store.close()
  }
}
