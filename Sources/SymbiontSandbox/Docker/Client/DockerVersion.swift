/// A version of the Docker Engine API: two numbers.
struct DockerVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  let major: Int
  let minor: Int

  /// The oldest version whose calls and fields this client uses: that of Docker Engine 20.10.
  static let oldest = DockerVersion(major: 1, minor: 41)

  init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// Reads a version such as `1.41`; nil for every other text.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let major = Self.number(parts[0]), let minor = Self.number(parts[1]) else { return nil }
    self.init(major: major, minor: minor)
  }

  private static let maximumDigits = 6

  private static func number(_ text: Substring) -> Int? {
    guard (1...maximumDigits).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

  var description: String { "\(major).\(minor)" }

  /// The version that both sides know; nil when the engine is too old.
  ///
  /// It is the oldest one that will do, so that an engine of any later age answers alike; engines drop old versions in
  /// time, and then their oldest is taken.
  static func negotiated(newest: DockerVersion, oldest engineOldest: DockerVersion?) -> DockerVersion? {
    let version = max(oldest, engineOldest ?? oldest)
    return version <= newest ? version : nil
  }
}
