import SymbiontStore
import SymbiontTesting
import Testing

@Suite("Submissions of one batch")
struct StoreIsolationTests {
  @Test("fail or succeed as if each were alone", arguments: 0..<30 as Range<UInt64>)
  func neighboursAreIndependent(seed: UInt64) async throws {
    var random = SplitMix(seed: seed)
    let store = try NotesSchema.openInMemory()
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    var expected: [Int] = []
    let count = Int.random(in: 2...60, using: &random)
    for number in 0..<count {
      let fate = Fate.allCases.randomElement(using: &random) ?? .succeeds
      answers.submit(number, to: store, isolated: .random(using: &random)) { transaction in
        try transaction.insert(number)
        try fate.play(transaction, number: number)
      }
      if fate.isKept { expected.append(number) }
    }
    gate.open()
    let results = await answers.all()
    let kept = results.filter { (try? $0.value.get()) != nil }.keys.sorted()
    #expect(results.count == count)
    #expect(kept == expected, "seed \(seed)")
    #expect(try await store.read { try $0.numbers() } == expected, "seed \(seed)")
    await store.close()
  }

  @Test("that are isolated cost their neighbours no second run")
  func isolatedFailureIsCheap() async throws {
    let store = try NotesSchema.openInMemory()
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    answers.submit(1, to: store) { try $0.insert(1) }
    answers.submit(2, to: store, isolated: true) { transaction in
      try transaction.insert(2)
      throw NotesError.refused(2)
    }
    gate.open()
    _ = await answers.all()
    #expect(store.statistics.replays == 0)
    #expect(try await store.read { try $0.numbers() } == [1])
    await store.close()
  }

  @Test("that violate a deferred constraint at the commit are the only ones to fail")
  func deferredConstraint() async throws {
    let schema =
      NotesSchema.migrations + [
        StoreMigration(
          identifier: "0002-links",
          sql: """
            CREATE TABLE links (note INTEGER NOT NULL REFERENCES notes (number) DEFERRABLE INITIALLY DEFERRED) STRICT
            """)
      ]
    let store = try Store.open(StoreConfiguration(durability: .memory, migrations: schema))
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    answers.submit(1, to: store) { try $0.insert(1) }
    answers.submit(2, to: store) { _ = try $0.execute("INSERT INTO links (note) VALUES (?)", 99) }
    answers.submit(3, to: store) { try $0.insert(3) }
    gate.open()
    let results = await answers.all()
    #expect(results[2].flatMap { $0.failure?.code } == "STORE_CONSTRAINT_VIOLATED")
    #expect(try await store.read { try $0.numbers() } == [1, 3])
    await store.close()
  }
}

/// What becomes of a submission.
private enum Fate: CaseIterable {
  case succeeds, throwsOwnError, violatesConstraint, runsBadStatement, catchesItsError

  var isKept: Bool { self == .succeeds || self == .catchesItsError }

  func play(_ transaction: borrowing StoreTransaction, number: Int) throws {
    switch self {
    case .succeeds: break
    case .throwsOwnError: throw NotesError.refused(number)
    case .violatesConstraint: try transaction.insert(number)
    case .runsBadStatement: try transaction.execute("INSERT INTO nowhere VALUES (1)")
    case .catchesItsError: _ = try? transaction.execute("INSERT INTO notes (number, body) VALUES (-1, x'')")
    }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}
