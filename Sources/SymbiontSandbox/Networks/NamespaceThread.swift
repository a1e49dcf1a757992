import Glibc
import SymbiontCore
import SymbiontSystem

/// Runs work on a thread of its own, which may enter network namespaces and never runs anything else.
///
/// The namespace belongs to the thread in Linux, so a thread of a pool must not change it.
enum NamespaceThread {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Runs the body on a new thread and returns what it returns.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let result: Result<Value, SandboxError> = await withCheckedContinuation { continuation in
      let work = Work {
        do throws(SandboxError) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
      let code = start(work)
      if code != 0 {
        continuation.resume(
          returning: .failure(.startFailed(reason: "no thread could be started: \(SystemError(code: code))")))
      }
    }
    return try result.get()
  }

  private static func start(_ work: Work) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let argument = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, argument.toOpaque())
    if code != 0 { argument.release() }
    return code
  }
}
