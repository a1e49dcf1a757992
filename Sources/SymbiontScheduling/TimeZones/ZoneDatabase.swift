import Foundation

/// The time zones of the system, by their IANA names.
///
/// A zone is read once; a change of the system's files counts from the next start.
package final class ZoneDatabase: Sendable {
  /// Where Linux keeps them.
  package static let systemDirectory = "/usr/share/zoneinfo"
  /// The largest file that is read; the real ones have some kilobytes.
  private static let largestFile = 1_048_576
  private static let longestName = 64

  private let directory: String

  package init(directory: String = ZoneDatabase.systemDirectory) {
    self.directory = directory
  }

  /// The zone of a name such as `Europe/Berlin`; nil when the system has none of that name.
  package func zone(_ name: String) -> Zone? {
    if name == "UTC" { return .utc }
    guard Self.isName(name), let data = FileManager.default.contents(atPath: "\(directory)/\(name)"),
      data.count <= Self.largestFile
    else { return nil }
    return ZoneFile([UInt8](data)).zone(named: name)
  }

  /// Whether a text can be a name: parts of letters, digits, `_`, `+` and `-`, so that no name leads out of the directory.
  private static func isName(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= longestName
      && parts.allSatisfy { part in
        !part.isEmpty
          && part.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
              || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
              || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
          }
      }
  }
}
