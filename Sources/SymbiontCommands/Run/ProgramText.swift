import SymbiontCore
import SymbiontLanguage
import SymbiontStore

/// The program that an execution runs to its end, whatever has become of its file.
enum ProgramText {
  /// The text; nil when there is no such execution or the store cannot be read.
  static func pinned(to id: ExecutionID, in directory: String) async -> SourceText? {
    guard let store = try? Store.openReadOnly(directory: directory) else { return nil }
    let found = try? await store.read { store -> SourceText? in
      guard let execution = try store.execution(id), let program = try store.program(hash: execution.program)
      else { return nil }
      return SourceText(name: program.name, bytes: program.source)
    }
    await store.close()
    return found ?? nil
  }
}
