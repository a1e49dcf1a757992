internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontSandbox

extension EffectPlanner {
  /// `read_file`, `write_file`, `list_files` and `delete_file` in the agent's workspace.
  func file(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> OutsideEffect {
    let request = arguments.request
    let path = request.effect == .listFiles && arguments.value(0) == .null ? "." : try arguments.text(0, "path")
    var content: [UInt8] = []
    if request.effect == .writeFile { content = Array(try arguments.text(1, "content").utf8) }
    let isReadOnly = request.effect == .readFile || request.effect == .listFiles
    return OutsideEffect(isIdempotent: true, isReadOnly: isReadOnly) { [content] _, isRepeated in
      do throws(SandboxError) {
        let files = WorkspaceFiles(directory: try await services.workspaces.directory(of: session.agentID))
        switch request.effect {
        case .readFile: return Self.text(try await files.read(path), path: path)
        case .writeFile: try await files.write(path, content)
        case .listFiles: return .value(.array(try await files.list(path).map(Self.entry)))
        default: try await Self.delete(path, in: files, isRepeated: isRepeated)
        }
        return .value(.null)
      } catch {
        return .failure(Self.programError(error))
      }
    }
  }

  private static func text(_ bytes: [UInt8], path: String) -> EffectOutcome {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      return .failure(ProgramError(kind: "FormatError", message: "read_file: `\(path)` is not a text in UTF-8"))
    }
    return .value(.string(text))
  }

  private static func entry(_ entry: WorkspaceFiles.Entry) -> Value {
    .record(["name": .string(entry.name), "size": .int(Int64(entry.size)), "is_directory": .bool(entry.isDirectory)])
  }

  /// A file that is gone when the deletion is done again was deleted the first time.
  private static func delete(_ path: String, in files: WorkspaceFiles, isRepeated: Bool) async throws(SandboxError) {
    do throws(SandboxError) { try await files.delete(path) } catch {
      if case .notFound = error, isRepeated { return }
      throw error
    }
  }
}
