import Dispatch
import SymbiontSystem
import Synchronization

/// Keeps the last of what a machine prints, and never makes it wait.
final class TailCollector: Sendable {
  /// What is kept.
  static let maximumBytes = 16_384

  private final class Tail: Sendable {
    let bytes = Mutex<[UInt8]>([])
  }

  private let tail = Tail()
  private let reader: DescriptorReader

  /// Reads from a descriptor until its end.
  init(_ descriptor: Descriptor) {
    reader = DescriptorReader(descriptor, queue: .global()) { [tail] input in
      guard case .bytes(let received) = input else { return }
      tail.bytes.withLock { bytes in
        bytes += received
        if bytes.count > Self.maximumBytes { bytes.removeFirst(bytes.count - Self.maximumBytes) }
      }
    }
  }

  /// What was printed last, without empty lines.
  var text: String {
    let text = String(decoding: tail.bytes.withLock { $0 }, as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).joined(separator: "\n")
  }

  /// The last line; nil when there is none.
  var lastLine: String? { text.split(separator: "\n").last.map(String.init) }
}
