import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The errors of a store")
struct StoreErrorTests {
  @Test("give a component its own error back as it was thrown")
  func ownErrorReturns() async throws {
    let store = try NotesSchema.openInMemory()
    await #expect(throws: NotesError.refused(4)) {
      try await store.write(throwing: NotesError.self) { transaction in
        try transaction.insert(4)
        throw NotesError.refused(4)
      }
    }
    await #expect(throws: NotesError.refused(5)) {
      try await store.read(throwing: NotesError.self) { _ in throw NotesError.refused(5) }
    }
    #expect(try await store.read { try $0.numbers() } == [])
    await store.close()
  }

  @Test("of the store itself reach a component in its wrapping")
  func storeErrorIsWrapped() async throws {
    let store = try NotesSchema.openInMemory()
    await #expect(throws: NotesError.storeFailed("STORE_CONSTRAINT_VIOLATED")) {
      try await store.write(throwing: NotesError.self) { try $0.insert(1, bytes: 0) }
    }
    await #expect(throws: NotesError.storeFailed("STORE_REJECTED")) {
      try await store.write(throwing: NotesError.self) { _ in throw CancellationError() }
    }
    await store.close()
  }

  @Test("tell the statement and what is wrong with it")
  func messages() async throws {
    let store = try NotesSchema.openInMemory()
    let cases: [(@Sendable (borrowing StoreTransaction) throws -> Void, String)] = [
      (
        { try $0.insert(1, bytes: 0) },
        "CHECK constraint failed: length(body) > 0 in `INSERT INTO notes (number, body) VALUES (?, ?)`"
      ),
      (
        { _ = try $0.execute("DELETE FROM notes WHERE number = ?") },
        "`1` placeholders and `0` values (SQLite `25`) in `DELETE FROM notes WHERE number = ?`"
      ),
      (
        { _ = try $0.execute("DELETE FROM notes; DROP TABLE notes") },
        "there is more than one statement (SQLite `21`) in `DELETE FROM notes; DROP TABLE notes`"
      ),
      ({ _ = try $0.execute("  ") }, "there is no statement (SQLite `21`) in `  `"),
      ({ _ = try $0.execute("SELEC 1") }, "near \"SELEC\": syntax error (SQLite `1`) in `SELEC 1`"),
    ]
    for (body, message) in cases {
      let error = await #expect(throws: StoreError.self) { try await store.write(body) }
      #expect(error?.description == message)
    }
    await store.close()
  }

  @Test("end a body that goes on after its transaction was ended")
  func endedTransaction() async throws {
    let store = try NotesSchema.openInMemory()
    let code = await errorCode { () async throws(StoreError) in
      try await store.write { transaction in
        try transaction.insert(1)
        _ = try? transaction.execute("INSERT OR ROLLBACK INTO notes (number, body) VALUES (1, x'01')")
        try transaction.insert(2)
      }
    }
    #expect(code == "STORE_STATEMENT_FAILED")
    #expect(try await store.read { try $0.numbers() } == [])
    await store.close()
  }

  @Test("of a body whose transaction was ended while it looked away do not keep the rest of it")
  func silentlyEndedTransaction() async throws {
    let store = try NotesSchema.openInMemory()
    let gate = await StoreGate.hold(store)
    let answers = Answers()
    answers.submit(1, to: store) { try $0.insert(1) }
    answers.submit(2, to: store) { transaction in
      _ = try? transaction.execute("INSERT OR ROLLBACK INTO notes (number, body) VALUES (1, x'01')")
    }
    answers.submit(3, to: store) { try $0.insert(3) }
    gate.open()
    let results = await answers.all()
    #expect(results[2]?.failure?.code == "STORE_STATEMENT_FAILED")
    #expect(try await store.read { try $0.numbers() } == [1, 3])
    await store.close()
  }
}
