/// An image as it was found in an archive, with what its parts must be.
struct ImageContent {
  /// One layer.
  struct Layer {
    /// The packed bytes.
    var member: ImageArchive.Member
    /// The digest of the packed bytes; nil when the archive does not say.
    var digest: ImageDigest?
    /// The digest of the unpacked bytes; nil for a root file system that somebody made without an image.
    var unpackedDigest: ImageDigest?
  }

  /// The digest of the configuration, which names the image; nil for a root file system without one.
  var id: ImageDigest?
  var configuration: ImageDocument.Configuration?
  /// The layers, the lowest first.
  var layers: [Layer]
}
