package import Dispatch
import Glibc

/// Calls a closure whenever a descriptor can be read or written, or has come to its end, until the closure wants no more
/// or the watch goes.
///
/// A closure that does not read is called again at once. Calls for one watch never overlap.
package final class DescriptorWatch: Sendable {
  /// What is waited for.
  package enum Readiness: Sendable {
    case reading
    case writing
  }

  private let number: UInt64

  /// Begins to watch; throws when the process has no more descriptors or the kernel cannot watch this one.
  ///
  /// - Parameter handler: Returns whether it is to be called again.
  package init(
    _ descriptor: Descriptor, for readiness: Readiness, on queue: DispatchQueue, handler: @escaping @Sendable () -> Bool
  ) throws(SystemError) {
    number = try Self.add(descriptor, readiness, queue, handler)
  }

  deinit {
    DescriptorPoller.shared.remove(number)
  }

  /// Ends the watch.
  ///
  /// A call that is under way goes on.
  package func cancel() {
    DescriptorPoller.shared.remove(number)
  }

  /// Calls a closure once, when the descriptor can be read or written or has come to its end.
  package static func once(
    _ descriptor: Descriptor, for readiness: Readiness, on queue: DispatchQueue, handler: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    _ = try add(descriptor, readiness, queue) {
      handler()
      return false
    }
  }

  private static func add(
    _ descriptor: Descriptor, _ readiness: Readiness, _ queue: DispatchQueue, _ handler: @escaping @Sendable () -> Bool
  ) throws(SystemError) -> UInt64 {
    let copy = descriptor.use { fcntl($0, F_DUPFD_CLOEXEC, 0) }
    guard copy >= 0 else { throw .last }
    return try DescriptorPoller.shared.add(
      DescriptorPoller.Watch(
        descriptor: Descriptor(owning: copy), readiness: readiness, queue: queue, handler: handler))
  }
}
