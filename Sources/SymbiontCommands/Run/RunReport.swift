import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import SymbiontStore

/// Says how a run ended: the result on standard output, everything else on standard error.
struct RunReport: Sendable {
  let style: ValueJSON.Style
  let source: SourceText
  let session: RunSession

  /// Prints the end; throws when it is no success.
  func print(_ end: RunEnd) async throws {
    switch end {
    case .ended(let id, let outcome):
      await nameUnfinished(except: id)
      try await print(outcome, of: id)
    case .interrupted(let id):
      say(
        session.resumeCommand(id).map { "interrupted; to go on:\n  \($0)" }
          ?? "interrupted; nothing was kept, since there is no --data")
      throw CommandEnd(status: .interrupted)
    case .stopped(let id, let failure):
      throw CommandFailure(
        code: failure.code, message: failure.message,
        hint: session.resumeCommand(id).map { "when that is mended, go on with `\($0)`" } ?? failure.hint,
        status: failure.status)
    }
  }

  private func say(_ text: String) { StandardStream.errors.write(text + "\n") }

  private func print(_ outcome: ExecutionOutcome, of id: ExecutionID) async throws {
    switch outcome {
    case .completed(let value):
      let text: String
      do { text = try ValueJSON.print(value, style: style) } catch {
        throw CommandFailure(.resultNotJSON, "the result: \(error)", status: .failure)
      }
      try StandardStream.printResult(text)
    case .failed(let error):
      say(await render(error, of: id))
      throw CommandEnd(status: .failure)
    case .cancelled:
      throw CommandFailure(.executionCancelled, "execution `\(id)` was cancelled", status: .failure)
    }
  }

  // MARK: Failures

  /// The error at its place in the program that the execution ran, with what is known beyond its message.
  private func render(_ error: ProgramError, of id: ExecutionID) async -> String {
    let program = await ProgramText.pinned(to: id, in: session.directory.path) ?? source
    var lines = [ErrorExcerpt.render(error, program)]
    if error.data != .null {
      lines.append("      = data: \(TerminalText.short(error.data))")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: What is left

  /// Executions that are named at most.
  private static let maximumNamed = 20
  private static let searched = 1_000

  /// Names the executions that were started and have not ended.
  private func nameUnfinished(except root: ExecutionID) async {
    guard let journal = try? ExecutionJournal(dataDirectory: session.directory.path) else { return }
    let executions = (try? await journal.executions(limit: Self.searched)) ?? []
    await journal.close()
    let unfinished = executions.filter { $0.id != root && ($0.status == .ready || $0.status == .waiting) }
    guard !unfinished.isEmpty else { return }
    let count = "\(unfinished.count) execution\(unfinished.count == 1 ? " has" : "s have") not ended"
    let (them, they) = unfinished.count == 1 ? ("it", "it") : ("them", "they")
    say(
      session.directory.isThrowAway
        ? "\(count); nothing of \(them) is kept, since there is no --data:"
        : "\(count); with this data directory \(they) can go on:")
    for execution in unfinished.prefix(Self.maximumNamed) {
      let command = session.resumeCommand(execution.id).map { ": \($0)" } ?? ""
      say("  \(execution.agentName) \(execution.id)\(command)")
    }
    if unfinished.count > Self.maximumNamed { say("  … and \(unfinished.count - Self.maximumNamed) more") }
  }
}
