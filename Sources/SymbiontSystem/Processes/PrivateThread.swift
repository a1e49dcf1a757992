import Glibc

/// A thread that ends with its work, so that what the work changes of the thread itself ends with it: its mount and network
/// namespaces, its user.
///
/// The kernel keeps these for each thread; the pooled threads of Dispatch are not to be changed so.
package enum PrivateThread {
  private final class Work {
    let body: () -> Void

    init(_ body: @escaping () -> Void) {
      self.body = body
    }
  }

  /// Runs the body on a new thread; throws when there can be none.
  ///
  /// It does not wait for the end.
  package static func start(_ body: sending @escaping () -> Void) throws(SystemError) {
    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw SystemError(code: code)
    }
    pthread_detach(thread)
  }
}
