import Glibc
import SymbiontCore
import SymbiontSystem

extension ImageShelf {
  private static let rootMode: mode_t = 0o755

  /// Imports an image under a name.
  func importArchive(path: String, name: ImageName) throws(ImageError) -> SandboxImage {
    try withTemporaryDirectory { temporary throws(ImageError) in
      let content = try open(path, temporary)
      if let id = content.id, let image = try adopt(id, as: name) { return image }
      let image = try unpack(content, name: name, into: temporary)
      let id = try ImageDigest(image.id)
      return try locked { () throws(ImageError) in
        // A name that is there already has everything: it is only made by this call.
        guard rename(temporary, self.path(id)) == 0 || errno == ENOTEMPTY || errno == EEXIST else {
          throw .failed("keep the image `\(id)`", .last)
        }
        try synchronize("\(directory)/images")
        try set(name, to: id)
        return image
      }
    }
  }

  /// Gives a name to an image that is there; nil when it is not.
  private func adopt(_ id: ImageDigest, as name: ImageName) throws(ImageError) -> SandboxImage? {
    try locked { () throws(ImageError) in
      guard access("\(path(id))/image.json", F_OK) == 0 else { return nil }
      try set(name, to: id)
      return try image(name)
    }
  }

  /// Finds out what is at a path.
  private func open(_ path: String, _ temporary: String) throws(ImageError) -> ImageContent {
    let file = try ImageError.attempt("open `\(path)`") { () throws(SystemError) in
      let number = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      guard number >= 0 else { throw .last }
      return Descriptor(owning: number)
    }
    let status = try ImageError.attempt("open `\(path)`") { () throws(SystemError) in try file.status() }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      guard let content = try ImageContent.find(in: ImageArchive(directory: file, limits: limits), limits: limits)
      else {
        throw .invalid("the directory is no OCI image layout: it has no `oci-layout` and `index.json`")
      }
      return content
    case S_IFREG:
      var member = ImageArchive.Member(file: file, offset: 0, size: UInt64(status.st_size))
      if try Packing.detect(member) == .gzip { member = try unpackArchive(member, temporary) }
      let archive = try ImageArchive(archive: member.file, size: member.size, limits: limits)
      return try ImageContent.find(in: archive, limits: limits)
        ?? ImageContent(layers: [ImageContent.Layer(member: member)])
    default:
      throw .invalid("it is neither a file nor a directory")
    }
  }

  /// Unpacks a whole archive to a file that has no name, since its parts are not read in order.
  private func unpackArchive(
    _ member: ImageArchive.Member, _ temporary: String
  ) throws(ImageError) -> ImageArchive.Member {
    let path = "\(temporary)/archive"
    let file = try ImageError.attempt("make `\(path)`") { () throws(SystemError) in
      let number = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard number >= 0 else { throw .last }
      unlink(path)
      return Descriptor(owning: number)
    }
    let (product, overflow) = member.size.multipliedReportingOverflow(by: limits.ratio)
    let maximum = min(max(overflow ? .max : product, ImageLimits.uncheckedBytes), limits.unpackedBytes)
    let source = DigestingSource(
      try GzipSource(member.source()), atMost: maximum, of: "its archive of \(member.size) packed bytes, unpacked,")
    var chunk = [UInt8](repeating: 0, count: ByteChunk.size)
    while true {
      let count = try chunk.reading { buffer throws(ImageError) in try source.read(into: buffer) }
      if count == 0 { break }
      try ImageError.attempt("unpack the archive") { () throws(SystemError) in
        try file.write(Array(chunk[..<count]))
      }
    }
    return ImageArchive.Member(file: file, offset: 0, size: source.count)
  }

  /// Unpacks all layers, and writes the record.
  private func unpack(
    _ content: ImageContent, name: ImageName, into temporary: String
  ) throws(ImageError) -> SandboxImage {
    let root = "\(temporary)/rootfs"
    guard mkdir(root, Self.rootMode) == 0, chmod(root, Self.rootMode) == 0, chown(root, firstUserID, firstUserID) == 0
    else { throw .failed("make `\(root)`", .last) }
    var unpacker = try ImageUnpacker(directory: root, firstUserID: firstUserID, limits: limits)
    for layer in content.layers { try unpacker.add(layer, hides: content.id != nil) }
    guard let id = content.id ?? unpacker.digests.first else { throw .invalid("it has no layers") }
    let defaults = content.configuration?.config
    let image = SandboxImage(
      name: name.text, id: id.description, sizeBytes: unpacker.unpackedBytes, imported: .now(),
      layers: unpacker.digests.map(\.description), environment: defaults?.environment ?? [],
      command: (defaults?.entrypoint ?? []) + (defaults?.command ?? []), workingDirectory: defaults?.workingDirectory,
      skippedEntries: unpacker.notes.skippedEntries, strippedModes: unpacker.notes.strippedModes,
      foreignOwners: unpacker.notes.foreignOwners)
    try write(image, to: "\(temporary)/image.json")
    try synchronizeFileSystem(of: temporary)
    return image
  }
}
