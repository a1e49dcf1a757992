/// One step of the schema.
///
/// The list of them only grows: what was released is never edited, moved or removed.
package struct StoreMigration: Sendable, Equatable {
  /// A number of fixed width and a name, such as `0001-executions`.
  ///
  /// Identifiers ascend.
  package let identifier: String
  /// The statements of the step, run in one transaction.
  package let sql: String

  package init(identifier: String, sql: String) {
    self.identifier = identifier
    self.sql = sql
  }

  /// Tells an edited text from the one that was applied: 64-bit FNV-1a, which is enough against mistakes.
  var checksum: Int64 {
    let offsetBasis: UInt64 = 0xCBF2_9CE4_8422_2325
    let prime: UInt64 = 0x0000_0100_0000_01B3
    return Int64(bitPattern: sql.utf8.reduce(offsetBasis) { ($0 ^ UInt64($1)) &* prime })
  }
}
