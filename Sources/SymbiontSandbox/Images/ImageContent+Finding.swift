extension ImageContent {
  private static let indexTypes: Set<String> = [
    "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json",
  ]
  /// How many lists of images are in lists of images.
  private static let maximumIndexDepth = 3

  /// Finds the image of an archive; nil when the archive is none, and so may be a root file system itself.
  static func find(in archive: ImageArchive, limits: ImageLimits) throws(ImageError) -> ImageContent? {
    if try archive.document("oci-layout") != nil, let index = try archive.document("index.json") {
      return try layout(index, archive, limits)
    }
    guard let bytes = try archive.document("manifest.json"),
      let saved = try? ImageDocument.read([ImageDocument.SavedImage].self, bytes, "manifest.json")
    else { return nil }
    return try self.saved(saved, archive, limits)
  }

  private static func layout(
    _ index: [UInt8], _ archive: ImageArchive, _ limits: ImageLimits
  ) throws(ImageError) -> ImageContent {
    var bytes = index
    for _ in 0..<maximumIndexDepth {
      let chosen = try choose(ImageDocument.read(ImageDocument.Index.self, bytes, "index.json").manifests)
      bytes = try blob(chosen, archive, limits)
      guard chosen.mediaType.map(indexTypes.contains) == true else {
        return try content(
          ImageDocument.read(ImageDocument.Manifest.self, bytes, "manifest"), archive, limits)
      }
    }
    throw .invalid("its indexes are nested more than \(maximumIndexDepth) times")
  }

  /// The image for this machine.
  private static func choose(_ references: [ImageDocument.Reference]) throws(ImageError) -> ImageDocument.Reference {
    let fitting = references.filter { reference in
      reference.platform.map { $0.os == "linux" && $0.architecture == ImageDocument.architecture } ?? true
    }
    guard let first = fitting.first else {
      let found = references.compactMap(\.platform).map { "\($0.os)/\($0.architecture)" }.joined(separator: ", ")
      throw .invalid("it has no image for `linux/\(ImageDocument.architecture)`; it has: \(found.prefix(200))")
    }
    guard Set(fitting.map(\.digest)).count == 1 else {
      throw .invalid("it has \(fitting.count) images: save one alone, so that it is clear which is meant")
    }
    return first
  }

  /// A document, whose size and digest are checked.
  private static func blob(
    _ reference: ImageDocument.Reference, _ archive: ImageArchive, _ limits: ImageLimits
  ) throws(ImageError) -> [UInt8] {
    let digest = try ImageDigest(reference.digest)
    guard let bytes = try archive.document(path(digest)) else { throw .invalid("it lacks the part `\(digest)`") }
    guard UInt64(bytes.count) == reference.size else {
      throw .invalid("the part `\(digest)` has \(bytes.count) bytes where \(reference.size) are announced")
    }
    guard ImageDigest(of: bytes) == digest else { throw .invalid("the part `\(digest)` has another digest") }
    return bytes
  }

  private static func path(_ digest: ImageDigest) -> String { "blobs/sha256/\(digest.digits)" }

  private static func content(
    _ manifest: ImageDocument.Manifest, _ archive: ImageArchive, _ limits: ImageLimits
  ) throws(ImageError) -> ImageContent {
    let bytes = try blob(manifest.config, archive, limits)
    let configuration = try ImageDocument.read(ImageDocument.Configuration.self, bytes, "configuration")
    let unpacked = try digests(configuration, count: manifest.layers.count, limits)
    var layers: [Layer] = []
    for (reference, unpackedDigest) in zip(manifest.layers, unpacked) {
      let digest = try ImageDigest(reference.digest)
      guard let member = try archive.member(path(digest)) else { throw .invalid("it lacks the layer `\(digest)`") }
      guard member.size == reference.size else {
        throw .invalid("the layer `\(digest)` has \(member.size) bytes where \(reference.size) are announced")
      }
      layers.append(Layer(member: member, digest: digest, unpackedDigest: unpackedDigest))
    }
    return ImageContent(id: try ImageDigest(manifest.config.digest), configuration: configuration, layers: layers)
  }

  private static func saved(
    _ images: [ImageDocument.SavedImage], _ archive: ImageArchive, _ limits: ImageLimits
  ) throws(ImageError) -> ImageContent {
    guard let image = images.first, images.count == 1 else {
      throw .invalid("it has \(images.count) images: save one alone, so that it is clear which is meant")
    }
    guard let bytes = try archive.document(image.config) else { throw .invalid("it lacks its configuration") }
    // The file is named by its digest, as `HEX.json` or `blobs/sha256/HEX`.
    let name = image.config.split(separator: "/").last.map { $0.hasSuffix(".json") ? $0.dropLast(5) : $0 } ?? ""
    let digest = try ImageDigest(digits: String(name))
    guard ImageDigest(of: bytes) == digest else { throw .invalid("its configuration has another digest than its name") }
    let configuration = try ImageDocument.read(ImageDocument.Configuration.self, bytes, "configuration")
    let unpacked = try digests(configuration, count: image.layers.count, limits)
    var layers: [Layer] = []
    for (path, unpackedDigest) in zip(image.layers, unpacked) {
      guard let member = try archive.member(path) else {
        throw .invalid("it lacks the layer \(quoted(Array(path.utf8)))")
      }
      layers.append(Layer(member: member, digest: nil, unpackedDigest: unpackedDigest))
    }
    return ImageContent(id: digest, configuration: configuration, layers: layers)
  }

  /// The digests that the configuration gives for the unpacked layers.
  private static func digests(
    _ configuration: ImageDocument.Configuration, count: Int, _ limits: ImageLimits
  ) throws(ImageError) -> [ImageDigest] {
    let texts = configuration.rootFileSystem.diffIDs
    guard texts.count == count, count <= limits.layers else {
      throw .invalid(
        "it has \(count) layers and \(texts.count) digests of them: both must be the same, up to \(limits.layers)")
    }
    if let os = configuration.os, let architecture = configuration.architecture,
      os != "linux" || architecture != ImageDocument.architecture
    {
      throw .invalid(
        """
        it is for `\(os.prefix(40))/\(architecture.prefix(40))`, and this machine is \
        `linux/\(ImageDocument.architecture)`
        """)
    }
    var digests: [ImageDigest] = []
    for text in texts { digests.append(try ImageDigest(text)) }
    return digests
  }
}
