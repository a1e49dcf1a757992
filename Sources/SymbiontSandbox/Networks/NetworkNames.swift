import Crypto
import SymbiontCore

/// What the parts of a sandbox's network are called on the machine.
///
/// Everything follows from the instance and the sandbox's id, so that a later runtime finds it again.
struct NetworkNames: Sendable, Hashable {
  /// The mark of the data directory.
  let instance: String
  /// The sandbox.
  let sandboxID: SandboxID

  /// The namespace: the same name as the sandbox's container has.
  var namespace: String { ContainerName(instance: instance, sandboxID: sandboxID).description }
  /// The machine's end of the pair of devices.
  ///
  /// The kernel takes 15 characters: the prefix of the instance, and 40 bits of the sandbox's digest.
  var device: String {
    Self.devicePrefix(of: instance) + Self.digest("\(sandboxID)", characters: Self.sandboxCharacters)
  }

  /// The sandbox's end of the pair.
  static let innerDevice = "eth0"
  /// The device of a virtual machine.
  static let tap = "tap0"
  /// The table in the sandbox's namespace.
  static let innerTable = "sandbox"

  private static let mark = "sy"
  private static let instanceCharacters = 5
  private static let sandboxCharacters = 8
  private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567")

  /// What the names of all devices of an instance begin with.
  static func devicePrefix(of instance: String) -> String {
    mark + digest(instance, characters: instanceCharacters)
  }

  /// Whether a device of the machine belongs to a sandbox of any instance.
  static func isOurs(_ device: String) -> Bool {
    device.count == mark.count + instanceCharacters + sandboxCharacters && device.hasPrefix(mark)
      && device.dropFirst(mark.count).allSatisfy(alphabet.contains)
  }

  /// The nft table of an instance; nft takes no `-` in names, and instances have no `_`.
  static func table(of instance: String) -> String {
    "symbiont_" + instance.map { $0 == "-" ? "_" : String($0) }.joined()
  }

  private static func digest(_ text: String, characters: Int) -> String {
    String(SHA256.hash(data: Array(text.utf8)).prefix(characters).map { alphabet[Int($0 & 31)] })
  }
}
