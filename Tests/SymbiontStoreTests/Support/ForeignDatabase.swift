import GRDB

/// A database that some other program made.
enum ForeignDatabase {
  static func make(_ path: String, sql: String) async throws {
    let queue = try DatabaseQueue(path: path)
    try await queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }
}
