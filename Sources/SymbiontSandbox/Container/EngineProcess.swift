import Glibc
import SymbiontCore
import SymbiontSystem

/// Runs the program of an engine.
struct EngineProcess: Sendable {
  private static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  /// Nothing of the runtime's environment reaches the engine.
  static let environment = ["PATH=\(searchPath.joined(separator: ":"))"]

  /// The name of the engine, for errors.
  let name: String
  /// Where the program is.
  let path: String
  /// How long a step may take.
  let timeout: Duration

  /// Finds the program of an engine.
  init(name: String, path: String?, timeout: Duration) throws(SandboxError) {
    let candidates = path.map { [$0] } ?? Self.searchPath.map { "\($0)/\(name)" }
    guard let found = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw .engineMissing(
        engine: name,
        hint: "looked for \(candidates.map { "`\($0)`" }.joined(separator: ", ")): install it with `scripts/setup`")
    }
    self.name = name
    self.path = found
    self.timeout = timeout
  }

  /// Starts the program from a thread of its own, on which `prepare` was called before.
  func start(
    _ arguments: [String], _ descriptors: [Int32: Descriptor],
    prepare: @escaping @Sendable () throws(SandboxError) -> Void = {}
  ) async throws(SandboxError) -> ProcessHandle {
    let start = ProcessStart(
      program: path, arguments: arguments, environment: Self.environment, descriptors: descriptors)
    let result: Result<ProcessHandle, SandboxError> = await withCheckedContinuation { continuation in
      do throws(SystemError) {
        try PrivateThread.start {
          continuation.resume(returning: Self.perform(start, prepare))
        }
      } catch {
        continuation.resume(returning: .failure(.startFailed(reason: "no thread could be made: \(error)")))
      }
    }
    return try result.get()
  }

  private static func perform(
    _ start: ProcessStart, _ prepare: () throws(SandboxError) -> Void
  ) -> Result<ProcessHandle, SandboxError> {
    do throws(SandboxError) {
      try prepare()
    } catch {
      return .failure(error)
    }
    do throws(SystemError) {
      return .success(try start.start())
    } catch {
      return .failure(.startFailed(reason: "`\(start.program)` could not be started: \(error)"))
    }
  }

  /// Waits for the end of a step; one that takes too long is killed.
  ///
  /// A step of an engine is never interrupted when the caller is cancelled, because that would leave half a container.
  func finish(_ process: ProcessHandle, step: String) async throws(SandboxError) -> ExitStatus? {
    let timer = Task { [timeout] in
      guard (try? await Task.sleep(for: timeout)) != nil else { return false }
      process.kill()
      return true
    }
    let status = await process.waitForExit()
    timer.cancel()
    if await timer.value, status == .signalled(SIGKILL) {
      throw .timedOut(operation: "\(name) \(step)", after: timeout)
    }
    return status
  }

  /// Runs the program and returns what it printed, both streams together.
  func output(_ arguments: [String]) async throws(SandboxError) -> String {
    let pipe: Pipe
    do throws(SystemError) {
      pipe = try Pipe()
    } catch {
      throw .engineFailed(engine: name, reason: "no pipe could be made: \(error)")
    }
    let log = GuestLog(pipe.readingEnd)
    let process = try await start(arguments, [STDOUT_FILENO: pipe.writingEnd, STDERR_FILENO: pipe.writingEnd])
    let status = try await finish(process, step: arguments.joined(separator: " "))
    let text = await log.text()
    guard case .exited = status else {
      throw .engineFailed(engine: name, reason: "`\(path) \(arguments.joined(separator: " "))` was killed")
    }
    return text
  }
}
