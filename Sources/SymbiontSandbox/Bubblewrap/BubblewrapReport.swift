import FoundationEssentials
import Glibc
import SymbiontSystem

/// What bubblewrap says about the process that it started inside of the namespaces.
struct BubblewrapReport: Decodable {
  private enum CodingKeys: String, CodingKey {
    case childProcess = "child-pid"
  }

  /// The process, as the machine numbers it.
  let childProcess: Int32

  private static let maximumBytes = 4_096

  /// Reads the report; nil when there is none in time, because bubblewrap ended.
  static func childProcess(_ descriptor: Descriptor, timeout: Duration) -> Int32? {
    let deadline = ContinuousClock.now + timeout
    var bytes: [UInt8] = []
    while bytes.count < maximumBytes {
      let (seconds, attoseconds) = (deadline - .now).components
      let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
      var waiting = pollfd(fd: descriptor.use { $0 }, events: Int16(POLLIN), revents: 0)
      guard milliseconds > 0, poll(&waiting, 1, Int32(clamping: milliseconds)) > 0 else { break }
      let count = (try? descriptor.read(upTo: maximumBytes) { bytes.append(contentsOf: $0) }) ?? 0
      guard count > 0 else { break }
    }
    return (try? JSONDecoder().decode(Self.self, from: Data(bytes)))?.childProcess
  }
}
