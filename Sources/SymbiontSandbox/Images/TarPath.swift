import SymbiontCore

/// A path of an archive, as the names on the way.
///
/// Names are bytes: Linux gives them no other meaning.
struct TarPath: Sendable, Hashable {
  /// The names, without empty ones and `.`.
  let names: [[UInt8]]

  private static let separator = UInt8(ascii: "/")
  private static let dot = [UInt8(ascii: ".")]
  private static let dots = [UInt8(ascii: "."), UInt8(ascii: ".")]

  /// Makes a path of names that were checked.
  init(names: [[UInt8]]) {
    self.names = names
  }

  /// Reads a path; one that begins with `/` begins at the root all the same.
  ///
  /// Refuses `..`, zero bytes, and what is longer or deeper than Linux or the limits take.
  init(_ bytes: [UInt8]) throws(ImageError) {
    let shown = quoted(bytes)
    guard bytes.count <= ImageLimits.pathBytes, !bytes.contains(0) else {
      throw .invalid("the path \(shown) is longer than \(ImageLimits.pathBytes) bytes, or has a zero byte")
    }
    names = bytes.split(separator: Self.separator).map { Array($0) }.filter { $0 != Self.dot }
    guard !names.contains(Self.dots) else { throw .invalid("the path \(shown) leads out by `..`") }
    guard names.count <= ImageLimits.depth else {
      throw .invalid("the path \(shown) is deeper than \(ImageLimits.depth) directories")
    }
    guard names.allSatisfy({ $0.count <= ImageLimits.nameBytes }) else {
      throw .invalid("the path \(shown) has a name of more than \(ImageLimits.nameBytes) bytes")
    }
  }

  /// The directory that it is in; the root is in itself.
  var parent: TarPath { TarPath(names: names.dropLast()) }
  /// Its own name; nil for the root.
  var name: [UInt8]? { names.last }
  /// The path as text for messages.
  var description: String { quoted(Array(names.joined(separator: [Self.separator]))) }
  /// The path for the kernel, relative to the root.
  var relative: [CChar] {
    let joined = names.isEmpty ? Self.dot : Array(names.joined(separator: [Self.separator]))
    return joined.map { CChar(bitPattern: $0) } + [0]
  }
}

/// Bytes of an archive for a message, bounded.
func quoted(_ bytes: [UInt8]) -> String { quoted(String(decoding: bytes.prefix(200), as: UTF8.self)) }
