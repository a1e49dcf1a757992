import Dispatch
import SymbiontSystem

/// Runs calls that wait for another process, on threads of their own.
///
/// The pool of Dispatch has a thread for each processor and gets one more a second when all of them wait. Whoever waits
/// there for a caller keeps everything else of the process waiting: a host with three callers would be at a standstill.
enum WaitingThread {
  private static let queue = DispatchQueue(label: "symbiont.waiting", attributes: .concurrent)

  /// Starts the body.
  static func start(_ body: @escaping @Sendable () -> Void) {
    do throws(SystemError) { try PrivateThread.start(body) } catch {
      // There are too many threads, so it waits for one of the pool.
      queue.async(execute: body)
    }
  }

  /// Runs the body and returns what it returns.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in start { continuation.resume(returning: body()) } }
  }
}
