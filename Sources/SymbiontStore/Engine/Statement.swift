import GRDBSQLite

/// A prepared statement of one connection, used only where its connection is.
final class Statement {
  let pointer: OpaquePointer
  let text: String
  let placeholders: Int
  var isInUse = false

  init(_ sql: UnsafeBufferPointer<CChar>, text: String, connection: OpaquePointer) throws(StoreError) {
    var pointer: OpaquePointer?
    var rest: UnsafePointer<CChar>?
    let code = sqlite3_prepare_v3(
      connection, sql.baseAddress, Int32(clamping: sql.count), UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, &rest)
    guard code == SQLITE_OK else { throw StoreError(connection: connection, code: code, statement: text) }
    guard let pointer else {
      throw .statementFailed(code: SQLITE_MISUSE, message: "there is no statement", statement: text)
    }
    self.pointer = pointer
    self.text = text
    placeholders = Int(sqlite3_bind_parameter_count(pointer))
    guard let start = sql.baseAddress, let rest,
      sql[(rest - start)...].allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0 })
    else {
      throw .statementFailed(code: SQLITE_MISUSE, message: "there is more than one statement", statement: text)
    }
  }

  deinit {
    sqlite3_finalize(pointer)
  }

  /// Gives every placeholder its value.
  func bind(_ values: [StoreValue]) throws(StoreError) {
    guard values.count == placeholders else {
      throw .statementFailed(
        code: SQLITE_RANGE, message: "`\(placeholders)` placeholders and `\(values.count)` values", statement: text)
    }
    for (index, value) in values.enumerated() {
      let code = bind(value, at: Int32(truncatingIfNeeded: index + 1))
      guard code == SQLITE_OK else { throw failure(code) }
    }
  }

  /// Moves to the next row; false when there is none.
  func step() throws(StoreError) -> Bool {
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code)
    }
  }

  /// Makes the statement ready for its next use.
  ///
  /// The error of its last step was already reported by the step.
  func reset() {
    sqlite3_reset(pointer)
  }

  private func failure(_ code: Int32) -> StoreError {
    StoreError(connection: sqlite3_db_handle(pointer), code: code, statement: text)
  }

  private func bind(_ value: StoreValue, at index: Int32) -> Int32 {
    switch value {
    case .null: return sqlite3_bind_null(pointer, index)
    case .int(let value): return sqlite3_bind_int64(pointer, index, value)
    case .real(let value): return sqlite3_bind_double(pointer, index, value)
    case .text(var text):
      return text.withUTF8 { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
          return sqlite3_bind_text(pointer, index, "", 0, Self.copied)
        }
        return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
          sqlite3_bind_text64(pointer, index, $0, UInt64(bytes.count), Self.copied, UInt8(SQLITE_UTF8))
        }
      }
    case .blob(let bytes):
      return bytes.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return sqlite3_bind_zeroblob(pointer, index, 0) }
        return sqlite3_bind_blob64(pointer, index, start, UInt64(bytes.count), Self.copied)
      }
    case .id(let high, let low):
      return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
        sqlite3_bind_blob(pointer, index, bytes.baseAddress, Int32(truncatingIfNeeded: bytes.count), Self.copied)
      }
    }
  }

  /// SQLite's `SQLITE_TRANSIENT`, a macro that is not imported: the value is copied before the call returns.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
