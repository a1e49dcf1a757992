import Dispatch
import SymbiontCore

/// Runs calls that may block a thread, such as file operations, away from the threads that run asynchronous code.
enum BlockingWork {
  private static let queue = DispatchQueue(label: "symbiont.sandbox.blocking", attributes: .concurrent)

  /// Runs the body on a thread of its own and returns what it returns.
  static func perform<Value: Sendable>(
    _ body: @escaping @Sendable () throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    let result: Result<Value, SandboxError> = await withCheckedContinuation { continuation in
      queue.async {
        do throws(SandboxError) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}
