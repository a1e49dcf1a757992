/// The prepared statements of one connection.
///
/// Statements written as literals are found by the address of the literal, which costs no hashing of text and whose
/// number the program bounds. Statements made at run time are few; when there are too many, all are prepared anew.
final class StatementCache {
  private static let maximumComposedStatements = 128

  private let connection: OpaquePointer
  private var literals: [UnsafePointer<UInt8>: Statement] = [:]
  private var composed: [String: Statement] = [:]

  init(connection: OpaquePointer) {
    self.connection = connection
  }

  /// A statement that no one uses, bound to nothing that matters.
  ///
  /// The caller marks it as in use.
  func statement(_ sql: StaticString) throws(StoreError) -> Statement {
    guard sql.hasPointerRepresentation else { return try statement(composed: "\(sql)") }
    if let known = literals[sql.utf8Start], !known.isInUse { return known }
    let made = try prepare("\(sql)")
    if literals[sql.utf8Start] == nil { literals[sql.utf8Start] = made }
    return made
  }

  func statement(composed sql: String) throws(StoreError) -> Statement {
    if let known = composed[sql], !known.isInUse { return known }
    let made = try prepare(sql)
    if composed.count >= Self.maximumComposedStatements { composed.removeAll() }
    if composed[sql] == nil { composed[sql] = made }
    return made
  }

  func removeAll() {
    literals.removeAll()
    composed.removeAll()
  }

  private func prepare(_ sql: String) throws(StoreError) -> Statement {
    let terminated = sql.utf8CString
    let result = terminated.withUnsafeBufferPointer { buffer in
      Result { () throws(StoreError) in try Statement(buffer, text: sql, connection: connection) }
    }
    return try result.get()
  }
}
