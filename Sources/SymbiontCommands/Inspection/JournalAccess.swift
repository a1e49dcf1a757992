import SymbiontRuntime
import SymbiontStore

/// Opens data directories for reading, with the command line's errors.
enum JournalAccess {
  /// The journal of a data directory, whether or not a runtime owns it.
  static func open(_ directory: String) throws(CommandFailure) -> ExecutionJournal {
    do { return try ExecutionJournal(dataDirectory: directory) } catch { throw CommandFailure(error) }
  }

  /// Reads from it.
  static func read<T: Sendable>(_ body: () async throws(StoreError) -> T) async throws(CommandFailure) -> T {
    do { return try await body() } catch { throw CommandFailure(error) }
  }
}
