import SymbiontSystem

/// The devices of a network namespace and what passed them, as `/proc/net/dev` lists them.
struct NetworkDevices: Sendable, Hashable {
  /// The bytes of a device.
  struct Traffic: Sendable, Hashable {
    var received: UInt64
    var sent: UInt64
  }

  /// The traffic of each device.
  let traffic: [String: Traffic]

  /// Reads the text of the table: after two lines of headings a name with a colon, then eight numbers about receiving and
  /// eight about sending, bytes first.
  init(text: String) {
    var traffic: [String: Traffic] = [:]
    for line in text.split(separator: "\n").dropFirst(2) {
      guard let colon = line.lastIndex(of: ":") else { continue }
      let numbers = line[line.index(after: colon)...].split(separator: " ").map { UInt64($0) }
      guard numbers.count >= 9, let received = numbers[0], let sent = numbers[8] else { continue }
      traffic[String(line[..<colon].drop { $0 == " " })] = Traffic(received: received, sent: sent)
    }
    self.traffic = traffic
  }

  /// The devices of the namespace that the calling thread is in.
  static func current() -> NetworkDevices {
    NetworkDevices(text: KernelFile.text("/proc/thread-self/net/dev"))
  }

  /// Whether some device's name satisfies the condition.
  func contains(where condition: (String) -> Bool) -> Bool { traffic.keys.contains(where: condition) }
}
