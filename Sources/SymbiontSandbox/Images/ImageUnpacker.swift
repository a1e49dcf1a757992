/// Unpacks the layers of an image, one over the other, and checks what they are on the way.
struct ImageUnpacker {
  private var tree: ImageTree
  private let limits: ImageLimits
  private var entriesLeft: Int
  /// The bytes of all files so far.
  private(set) var unpackedBytes: UInt64 = 0
  /// The digests of the unpacked layers.
  private(set) var digests: [ImageDigest] = []

  /// What was left out or changed.
  var notes: ImageTree.Notes { tree.notes }

  /// Makes an unpacker into an empty directory.
  init(directory: String, firstUserID: UInt32, limits: ImageLimits) throws(ImageError) {
    tree = try ImageTree(directory: directory, firstUserID: firstUserID)
    self.limits = limits
    entriesLeft = limits.entries
  }

  /// Unpacks a layer; in a root file system that is no image, no name hides anything.
  mutating func add(_ layer: ImageContent.Layer, hides: Bool) throws(ImageError) {
    let packed = DigestingSource(layer.member.source(), of: "a layer")
    let unpacked = DigestingSource(
      try Packing.detect(layer.member) == .gzip ? try GzipSource(packed) : packed,
      atMost: maximum(ofLayer: layer.member.size), of: "a layer of \(layer.member.size) packed bytes, unpacked,")
    var reader = TarReader(unpacked, maximumEntries: entriesLeft)
    while let entry = try reader.next() {
      entriesLeft -= 1
      unpackedBytes += entry.size
      guard unpackedBytes <= limits.unpackedBytes else {
        throw .invalid("its files have more than \(limits.unpackedBytes) bytes")
      }
      if hides, entry.kind != .directory, try tree.hide(entry) { continue }
      try tree.add(entry, &reader)
    }
    try tree.finishLayer()
    // The digests are of everything, also of what follows the end of the archive.
    try unpacked.drain()
    try packed.drain()
    guard layer.digest.map({ $0 == packed.digest }) ?? true else {
      throw .invalid("the layer `\(layer.digest?.description ?? "")` has the digest `\(packed.digest)`")
    }
    guard layer.unpackedDigest.map({ $0 == unpacked.digest }) ?? true else {
      throw .invalid(
        "the unpacked layer has the digest `\(unpacked.digest)` where `\(layer.unpackedDigest?.description ?? "")` is announced"
      )
    }
    digests.append(unpacked.digest)
  }

  /// What a layer may have unpacked, with its headers.
  private func maximum(ofLayer packed: UInt64) -> UInt64 {
    let (product, overflow) = packed.multipliedReportingOverflow(by: limits.ratio)
    return max(overflow ? .max : product, ImageLimits.uncheckedBytes)
  }
}

/// How bytes are packed, by their first ones.
enum Packing: Sendable, Hashable {
  case none
  case gzip

  /// Looks at the first bytes; refuses packings that are not taken.
  static func detect(_ member: ImageArchive.Member) throws(ImageError) -> Packing {
    var magic = [UInt8](repeating: 0, count: 6)
    let window = FileWindow(member.file, offset: member.offset, count: min(member.size, 6))
    _ = try magic.reading { buffer throws(ImageError) in try window.fill(buffer) }
    if magic.starts(with: [0x1F, 0x8B]) { return .gzip }
    for (name, bytes) in [
      ("zstd", [0x28, 0xB5, 0x2F, 0xFD]), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("bzip2", [0x42, 0x5A, 0x68]),
    ] as [(String, [UInt8])] where magic.starts(with: bytes) {
      throw .invalid(
        "it is packed with `\(name)`, which is not read: save it with gzip, or unpack it with `\(name) -d`")
    }
    return .none
  }
}
