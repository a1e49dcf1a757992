/// The bounds of what is imported; what is beyond one of them is refused.
package struct ImageLimits: Sendable, Hashable {
  /// The bytes of all files of an image, unpacked.
  package var unpackedBytes: UInt64
  /// The entries of all layers together.
  package var entries: Int
  /// The layers.
  package var layers: Int
  /// The bytes of a manifest, an index or a configuration.
  package var documentBytes: Int
  /// How many times as large as the packed bytes the unpacked bytes of a layer may be, once they are more than
  /// ``uncheckedBytes``.
  package var ratio: UInt64

  /// Up to this size a layer is not compared with its packed size: files full of zeros pack very well.
  static let uncheckedBytes: UInt64 = 268_435_456
  /// The directories above an entry.
  static let depth = 128
  /// The bytes of a path: `PATH_MAX` of Linux, less its final zero byte.
  static let pathBytes = 4_095
  /// The bytes of one name: `NAME_MAX` of Linux.
  static let nameBytes = 255
  /// The bytes of an extended header: two paths and a few numbers, with room for attributes that are left out.
  static let headerBytes = 1_048_576

  /// Makes limits; what is not given has its default.
  package init(
    unpackedBytes: UInt64 = 34_359_738_368, entries: Int = 1_000_000, layers: Int = 128,
    documentBytes: Int = 4_194_304, ratio: UInt64 = 400
  ) {
    self.unpackedBytes = unpackedBytes
    self.entries = entries
    self.layers = layers
    self.documentBytes = documentBytes
    self.ratio = ratio
  }
}
