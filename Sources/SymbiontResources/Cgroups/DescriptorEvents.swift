import Dispatch
import Glibc
import SymbiontSystem

/// Calls a closure whenever a descriptor of the kernel tells that something happened.
///
/// The descriptor is read empty before each call. It ends when the object goes.
final class DescriptorEvents: Sendable {
  private static let readBytes = 4_096
  private let watch: DescriptorWatch

  /// Starts to listen on a queue; the descriptor must not block.
  init(_ descriptor: Descriptor, queue: DispatchQueue, handler: @escaping @Sendable () -> Void) throws(SystemError) {
    watch = try DescriptorWatch(descriptor, for: .reading, on: queue) {
      _ = try? descriptor.read(upTo: Self.readBytes) { _ in }
      handler()
      return true
    }
  }
}

extension Descriptor {
  /// Tells of every change of files; see `inotify(7)`.
  ///
  /// The kernel reports the changes of its own files that it announces, such as `cgroup.events`.
  static func changes(of paths: [String]) throws(SystemError) -> Descriptor {
    let number = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard number >= 0 else { throw .last }
    let descriptor = Descriptor(owning: number)
    for path in paths {
      guard inotify_add_watch(number, path, UInt32(IN_MODIFY)) >= 0 else { throw .last }
    }
    return descriptor
  }

  /// A counter that the kernel raises when something happens; see `eventfd(2)`.
  static func eventCounter() throws(SystemError) -> Descriptor {
    let number = try SystemCall.invoke(.eventCounter, 0, Int(O_CLOEXEC | O_NONBLOCK))
    return Descriptor(owning: Int32(truncatingIfNeeded: number))
  }
}
