import Synchronization

/// The end of what the first process of a container wrote to its standard error.
final class AttachLog: Sendable {
  /// The most bytes that are kept.
  static let maximumBytes = 65_536

  private let bytes = Mutex<[UInt8]>([])

  /// Adds bytes; the oldest go when there are too many.
  func append(_ more: some Collection<UInt8>) {
    bytes.withLock { bytes in
      bytes.append(contentsOf: more.suffix(Self.maximumBytes))
      if bytes.count > Self.maximumBytes { bytes.removeFirst(bytes.count - Self.maximumBytes) }
    }
  }

  /// What is kept, as text.
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  /// The last line that is not empty.
  var lastLine: String? { text.split(separator: "\n").last.map(String.init) }
}
