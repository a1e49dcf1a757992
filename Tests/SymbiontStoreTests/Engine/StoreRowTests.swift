import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The values of a statement")
struct StoreRowTests {
  @Test("come back as they were written", arguments: 0..<20 as Range<UInt64>)
  func roundTrip(seed: UInt64) async throws {
    var random = SplitMix(seed: seed)
    let store = try NotesSchema.openInMemory()
    let int = Int64.random(in: .min ... .max, using: &random)
    let real = Double(bitPattern: random.next())
    let text = String((0..<Int.random(in: 0...40, using: &random)).map { _ in randomCharacter(&random) })
    let blob = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    let (high, low) = (random.next(), random.next())
    let found = try await store.write { transaction in
      try transaction.first(
        "SELECT ?, ?, ?, ?, ?, ?", .int(int), .real(real), .text(text), .blob(blob), .id(high: high, low: low), nil
      ) { row in
        let id = try row.id(4)
        let nothing = try row.optionalInt(5) == nil && row.optionalText(5) == nil && row.optionalBlob(5) == nil
        return Found(
          values: [
            .int(try row.int(0)), row.isNull(1) ? .real(.nan) : .real(try row.real(1)), .text(try row.text(2)),
            .blob(try row.blob(3)), .id(high: id.high, low: id.low),
          ], isLastNull: row.isNull(5) && !row.isNull(0) && nothing)
      }
    }
    #expect(found?.isLastNull == true)
    let written: [StoreValue] = [.int(int), .real(real), .text(text), .blob(blob), .id(high: high, low: low)]
    for (found, written) in zip(found?.values ?? [], written) {
      if case .real(let number) = written, number.isNaN { continue }
      #expect(found == written, "seed \(seed)")
    }
    await store.close()
  }

  private struct Found: Sendable {
    let values: [StoreValue]
    let isLastNull: Bool
  }

  private func randomCharacter(_ random: inout SplitMix) -> Character {
    ["a", "\0", "é", "👩‍👩‍👧", "\u{301}", "'", "?", "\n"].randomElement(using: &random) ?? "a"
  }

  @Test("of another type than asked for are an error that names the column, never a trap")
  func wrongTypes() async throws {
    let store = try NotesSchema.openInMemory()
    let cases: [(@Sendable (borrowing StoreTransaction) throws -> Void, String)] = [
      (
        { _ = try $0.first("SELECT 'a' AS n") { try $0.int(0) } },
        "column `n` of `SELECT 'a' AS n` holds a text of 1 bytes instead of an integer"
      ),
      (
        { _ = try $0.first("SELECT 1 AS t") { try $0.text(0) } },
        "column `t` of `SELECT 1 AS t` holds an integer instead of a text"
      ),
      (
        { _ = try $0.first("SELECT NULL AS b") { try $0.blob(0) } },
        "column `b` of `SELECT NULL AS b` holds null instead of a blob"
      ),
      (
        { _ = try $0.first("SELECT x'0102' AS i") { try $0.id(0) } },
        "column `i` of `SELECT x'0102' AS i` holds a blob of 2 bytes instead of an identifier of 16 bytes"
      ),
      (
        { _ = try $0.first("SELECT 2 AS b") { try $0.bool(0) } },
        "column `b` of `SELECT 2 AS b` holds an integer instead of 0 or 1"
      ),
      (
        { _ = try $0.first("SELECT CAST(x'ff' AS TEXT) AS t") { try $0.text(0) } },
        "column `t` of `SELECT CAST(x'ff' AS TEXT) AS t` holds a text of 1 bytes instead of a text in UTF-8"
      ),
      ({ _ = try $0.first("SELECT 1") { try $0.int(3) } }, "column `3` of `SELECT 1` holds null instead of an integer"),
      (
        { _ = try $0.first("SELECT 'x' AS s") { try $0.parse(0, as: "a number in text") { Int($0) } } },
        "column `s` of `SELECT 'x' AS s` holds a text of 1 bytes instead of a number in text"
      ),
    ]
    for (body, detail) in cases {
      let error = await #expect(throws: StoreError.self) { try await store.write(body) }
      #expect(error?.description == "the database is damaged: \(detail); restore it from a copy")
    }
    await store.close()
  }

  @Test("may be read by a statement inside itself")
  func nestedStatement() async throws {
    let store = try NotesSchema.openInMemory()
    let pairs = try await store.write { transaction in
      for number in 1...3 { try transaction.insert(number) }
      var pairs: [[Int]] = []
      try products(transaction) { outer in
        try products(transaction) { inner in pairs.append([outer, inner]) }
      }
      return pairs
    }
    #expect(pairs == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3], [3, 1], [3, 2], [3, 3]])
    await store.close()
  }

  @Test("tell how many rows were changed, and composed statements are not kept without bound")
  func changesAndComposed() async throws {
    let store = try NotesSchema.openInMemory()
    try await store.write { transaction in
      for number in 1...300 { try transaction.insert(number) }
      #expect(try transaction.execute("DELETE FROM notes WHERE number <= ?", 100) == 100)
      #expect(try transaction.execute("DELETE FROM notes WHERE number <= ?", 100) == 0)
      for number in 101...300 {
        #expect(try transaction.execute(composed: "DELETE FROM notes WHERE number = \(number)") == 1)
      }
      #expect(try transaction.exists("SELECT 1 FROM notes") == false)
    }
    await store.close()
  }
}

private func products(_ transaction: borrowing StoreTransaction, each: (Int) throws -> Void) throws {
  try transaction.query("SELECT number FROM notes ORDER BY number") { row in try each(Int(try row.int(0))) }
}
