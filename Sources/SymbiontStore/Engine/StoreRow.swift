import GRDBSQLite

/// One row of a query, valid only inside the closure it is handed to.
///
/// Columns count from 0. A value of another type than asked for is ``StoreError/corrupt(_:)``: the program that wrote it
/// is not this one.
package struct StoreRow: ~Copyable {
  private let pointer: OpaquePointer

  init(_ statement: borrowing Statement) {
    pointer = statement.pointer
  }

  package func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(pointer, column) == SQLITE_NULL
  }

  package func int(_ column: Int32) throws(StoreError) -> Int64 {
    guard sqlite3_column_type(pointer, column) == SQLITE_INTEGER else { throw malformed(column, "an integer") }
    return sqlite3_column_int64(pointer, column)
  }

  package func bool(_ column: Int32) throws(StoreError) -> Bool {
    switch try int(column) {
    case 0: return false
    case 1: return true
    default: throw malformed(column, "0 or 1")
    }
  }

  /// A floating-point number; an integer is taken as one, as SQLite stores whole numbers so.
  package func real(_ column: Int32) throws(StoreError) -> Double {
    switch sqlite3_column_type(pointer, column) {
    case SQLITE_FLOAT, SQLITE_INTEGER: return sqlite3_column_double(pointer, column)
    default: throw malformed(column, "a number")
    }
  }

  package func text(_ column: Int32) throws(StoreError) -> String {
    guard sqlite3_column_type(pointer, column) == SQLITE_TEXT, let start = sqlite3_column_text(pointer, column) else {
      throw malformed(column, "a text")
    }
    let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column)))
    guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed(column, "a text in UTF-8") }
    return text
  }

  package func blob(_ column: Int32) throws(StoreError) -> [UInt8] {
    try withBytes(column) { bytes in [UInt8](bytes) }
  }

  /// The bytes of a blob where they are; they are gone when the closure returns.
  package func withBytes<T>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> T) throws(StoreError) -> T {
    guard sqlite3_column_type(pointer, column) == SQLITE_BLOB else { throw malformed(column, "a blob") }
    let start = sqlite3_column_blob(pointer, column)
    return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, column))))
  }

  /// An identifier of exactly 16 bytes.
  package func id(_ column: Int32) throws(StoreError) -> (high: UInt64, low: UInt64) {
    let halves = try withBytes(column) { bytes -> (UInt64, UInt64)? in
      guard bytes.count == 2 * MemoryLayout<UInt64>.size else { return nil }
      let low = bytes.loadUnaligned(fromByteOffset: MemoryLayout<UInt64>.size, as: UInt64.self)
      return (UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)), UInt64(bigEndian: low))
    }
    guard let halves else { throw malformed(column, "an identifier of 16 bytes") }
    return (halves.0, halves.1)
  }

  /// A text that stands for something; `parse` answers nil to what it does not know.
  package func parse<T>(_ column: Int32, as what: String, _ parse: (String) -> T?) throws(StoreError) -> T {
    guard let value = parse(try text(column)) else { throw malformed(column, what) }
    return value
  }

  /// The error for a value that this program never writes.
  package func malformed(_ column: Int32, _ expected: String) -> StoreError {
    let name = sqlite3_column_name(pointer, column).map { String(cString: $0) } ?? "\(column)"
    let found =
      switch sqlite3_column_type(pointer, column) {
      case SQLITE_INTEGER: "an integer"
      case SQLITE_FLOAT: "a floating-point number"
      case SQLITE_TEXT: "a text of \(sqlite3_column_bytes(pointer, column)) bytes"
      case SQLITE_BLOB: "a blob of \(sqlite3_column_bytes(pointer, column)) bytes"
      default: "null"
      }
    let statement = sqlite3_sql(pointer).map { String(cString: $0) } ?? ""
    return .corrupt("column `\(name)` of `\(statement)` holds \(found) instead of \(expected)")
  }
}

extension StoreRow {
  package func optionalInt(_ column: Int32) throws(StoreError) -> Int64? { isNull(column) ? nil : try int(column) }
  package func optionalReal(_ column: Int32) throws(StoreError) -> Double? { isNull(column) ? nil : try real(column) }
  package func optionalText(_ column: Int32) throws(StoreError) -> String? { isNull(column) ? nil : try text(column) }
  package func optionalBlob(_ column: Int32) throws(StoreError) -> [UInt8]? { isNull(column) ? nil : try blob(column) }
  package func optionalID(_ column: Int32) throws(StoreError) -> (high: UInt64, low: UInt64)? {
    isNull(column) ? nil : try id(column)
  }
}
