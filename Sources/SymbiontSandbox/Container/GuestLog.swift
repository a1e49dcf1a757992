import Dispatch
import Glibc
import SymbiontSystem
import Synchronization

/// The end of what a sandbox's first process, and the engine before it, printed as errors.
///
/// It is read as it comes, so that nobody waits to print, and only the end is kept.
final class GuestLog: Sendable {
  /// How much is kept.
  static let maximumBytes = 16_384
  private static let chunkBytes = 4_096

  private let queue = DispatchQueue(label: "symbiont.sandbox.guest-log")
  private let tail: Tail
  // Nil when the descriptor could not be watched; it is then read only when somebody asks.
  private let watch: DescriptorWatch?

  /// Begins to read.
  init(_ descriptor: Descriptor) {
    _ = descriptor.use { fcntl($0, F_SETFL, O_NONBLOCK) }
    let tail = Tail(descriptor)
    self.tail = tail
    watch = try? DescriptorWatch(descriptor, for: .reading, on: queue) { tail.readAvailable() }
  }

  /// What is kept by now, as text without the blanks around it; empty when nothing was printed.
  func text() async -> String {
    await withCheckedContinuation { continuation in
      queue.async { [tail] in
        _ = tail.readAvailable()
        continuation.resume(returning: tail.text)
      }
    }
  }

  /// What was read, and where more comes from.
  private final class Tail: Sendable {
    private let descriptor: Descriptor
    private let bytes = Mutex<[UInt8]>([])

    init(_ descriptor: Descriptor) {
      self.descriptor = descriptor
    }

    var text: String {
      let text = bytes.withLock { String(decoding: $0, as: UTF8.self) }
      return text.split(whereSeparator: \.isNewline).joined(separator: "\n")
    }

    /// Reads all there is; whether more may come.
    func readAvailable() -> Bool {
      while true {
        let count = bytes.withLock { bytes -> Int in
          let count = (try? descriptor.read(upTo: GuestLog.chunkBytes) { bytes.append(contentsOf: $0) }) ?? -1
          bytes.removeFirst(max(0, bytes.count - GuestLog.maximumBytes))
          return count
        }
        guard count > 0 else { return count < 0 }
      }
    }
  }
}
