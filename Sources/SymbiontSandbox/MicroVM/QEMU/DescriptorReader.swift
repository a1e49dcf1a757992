import Dispatch
import Glibc
import SymbiontSystem

/// Reads from a socket or a pipe as long as the object exists, and hands over what comes.
final class DescriptorReader: Sendable {
  /// What came.
  enum Input: Sendable {
    case bytes([UInt8])
    case end
    case failure(SystemError)
  }

  private static let readBytes = 65_536
  // Nil when the descriptor could not be watched.
  private let watch: DescriptorWatch?

  /// Starts to read on a queue; after the end or a failure nothing more comes.
  init(_ descriptor: Descriptor, queue: DispatchQueue, handler: @escaping @Sendable (Input) -> Void) {
    descriptor.use { number in _ = fcntl(number, F_SETFL, O_NONBLOCK) }
    do throws(SystemError) {
      watch = try DescriptorWatch(descriptor, for: .reading, on: queue) {
        guard let input = Self.read(descriptor) else { return true }
        handler(input)
        guard case .bytes = input else { return false }
        return true
      }
    } catch {
      watch = nil
      queue.async { handler(.failure(error)) }
    }
  }

  /// What there is to read; nil when there is nothing after all.
  private static func read(_ descriptor: Descriptor) -> Input? {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      let count = try descriptor.read(upTo: readBytes) { bytes = Array($0) }
      return count == 0 ? .end : .bytes(bytes)
    } catch {
      return error.code == EAGAIN ? nil : .failure(error)
    }
  }
}
