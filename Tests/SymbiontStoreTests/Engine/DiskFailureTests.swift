import SymbiontStore
import SymbiontTesting
import Testing

@Suite("A disk that fails", .serialized)
struct DiskFailureTests {
  @Test("at the sync of a commit leaves the commit unknown, and stops all later writes but no read")
  func syncFails() async throws {
    let directory = try TemporaryStoreDirectory()
    let log = directory.path + "/symbiont.sqlite-wal"
    FaultyDisk.set(log) { $0.sync = nil }
    let store = try NotesSchema.open(directory)
    try await store.write { try $0.insert(1) }
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    for number in 2...4 { answers.submit(number, to: store) { try $0.insert(number) } }
    FaultyDisk.set(log) { $0.sync = FaultyDisk.syncFailure }
    gate.open()
    let results = await answers.all()
    for number in 2...4 { #expect(results[number]?.failure?.code == "STORE_COMMIT_UNKNOWN") }
    FaultyDisk.set(log) { $0.sync = nil }
    #expect(
      await errorCode { () async throws(StoreError) in try await store.write { try $0.insert(5) } } == "STORE_POISONED")
    #expect(try await store.read { try $0.numbers() } == [1])
    await store.close()
    let again = try NotesSchema.open(directory)
    let numbers = try await again.read { try $0.numbers() }
    #expect(numbers == [1] || numbers == [1, 2, 3, 4], "all or nothing of an unknown commit")
    try await again.write { try $0.insert(6) }
    await again.close()
  }

  @Test("at the sync of a checkpoint stops all later writes")
  func checkpointFails() async throws {
    let directory = try TemporaryStoreDirectory()
    let database = directory.path + "/symbiont.sqlite"
    FaultyDisk.set(database) { $0.sync = nil }
    var configuration = NotesSchema.configuration(.disk(directory: directory.path))
    configuration.checkpointPages = 5
    let store = try Store.open(configuration)
    FaultyDisk.set(database) { $0.sync = FaultyDisk.syncFailure }
    var acknowledged: [Int] = []
    var code: String?
    for number in 0..<20 where code == nil {
      code = await errorCode { () async throws(StoreError) in try await store.write { try $0.insert(number) } }
      if code == nil { acknowledged.append(number) }
    }
    #expect(code == "STORE_POISONED")
    FaultyDisk.set(database) { $0.sync = nil }
    await store.close()
    let again = try NotesSchema.open(directory)
    #expect(try await again.read { try $0.numbers() } == acknowledged)
    await again.close()
  }

  @Test(
    "for want of room fails only the work that does not fit, and goes on when there is room",
    arguments: 0..<10 as Range<UInt64>)
  func full(seed: UInt64) async throws {
    var random = SplitMix(seed: seed)
    let directory = try TemporaryStoreDirectory()
    let log = directory.path + "/symbiont.sqlite-wal"
    FaultyDisk.set(log) { $0.room = nil }
    let store = try NotesSchema.open(directory)
    try await store.write { try $0.insert(-1) }
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    let large = Int.random(in: 0..<8, using: &random)
    for number in 0..<8 {
      answers.submit(number, to: store) { try $0.insert(number, bytes: number == large ? 1_000_000 : 10) }
    }
    let room = Int.random(in: 200_000...900_000, using: &random)
    FaultyDisk.set(log) { $0.room = room }
    gate.open()
    let results = await answers.all()
    #expect(results[large]?.failure?.code == "STORE_DISK_FULL", "seed \(seed)")
    #expect(results.values.filter { $0.failure == nil }.count == 7, "seed \(seed)")
    FaultyDisk.set(log) { $0.room = nil }
    try await store.write { try $0.insert(large, bytes: 1_000_000) }
    #expect(try await store.read { try $0.numbers() } == [-1] + Array(0..<8), "seed \(seed)")
    await store.close()
    let again = try NotesSchema.open(directory)
    #expect(try await again.read { try $0.numbers() } == [-1] + Array(0..<8), "seed \(seed)")
    await again.close()
  }

  @Test(
    "for want of room, for real, loses nothing that was acknowledged",
    .enabled(if: Privilege.canMount, "mounting needs CAP_SYS_ADMIN"))
  func reallyFull() async throws {
    let mount = try TemporaryMount(megabytes: 2)
    var configuration = NotesSchema.configuration(.disk(directory: mount.path))
    configuration.checkpointPages = 50
    let store = try Store.open(configuration)
    var acknowledged: [Int] = []
    var code: String?
    for number in 0..<1_000 where code == nil {
      code = await errorCode { () async throws(StoreError) in
        try await store.write { try $0.insert(number, bytes: 20_000) }
      }
      if code == nil { acknowledged.append(number) }
    }
    #expect(code == "STORE_DISK_FULL")
    #expect(acknowledged.count > 10)
    #expect(try await store.read { try $0.numbers() } == acknowledged)
    try mount.resize(megabytes: 16)
    try await store.write { try $0.insert(-1, bytes: 20_000) }
    await store.close()
    let again = try Store.open(configuration)
    #expect(try await again.read { try $0.numbers() } == [-1] + acknowledged)
    await again.close()
  }
}
