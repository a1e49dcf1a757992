import Glibc
import SymbiontSystem

/// A setting of the network in `/proc/sys/net`, of the namespace that the calling thread is in.
struct NetworkSetting: Sendable, Hashable {
  /// The path below `/proc/sys/net`.
  let path: String

  /// The setting of a device for packets of version 4.
  static func forwarding(_ device: String) -> NetworkSetting {
    NetworkSetting(path: "ipv4/conf/\(device)/forwarding")
  }
  /// Whether the machine as a whole forwards packets.
  static let forwardsEverywhere = NetworkSetting(path: "ipv4/ip_forward")

  private var file: String { "/proc/sys/net/\(path)" }

  /// The value; nil when there is no such setting.
  var value: Int? {
    let number = open(file, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    var text = ""
    _ = try? Descriptor(owning: number).read(upTo: 32) { text = String(decoding: $0, as: UTF8.self) }
    return Int(text.prefix { $0 == "-" || $0.isNumber })
  }

  /// Changes the value.
  func set(_ value: Int) throws(SystemError) {
    let number = open(file, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    try Descriptor(owning: number).write(Array("\(value)\n".utf8))
  }
}
