import FoundationEssentials
import Glibc
import SymbiontSystem

/// The directories and files of an image store; all methods block.
struct ImageShelf: Sendable {
  /// How a removal ended.
  enum Removal: Sendable {
    case removed, missing, inUse
  }

  /// What the file of a name holds.
  private struct NameRecord: Codable {
    var name: String
    var id: String
  }

  let directory: String
  let firstUserID: UInt32
  let limits: ImageLimits

  private static let openMode: mode_t = 0o711
  private static let closedMode: mode_t = 0o700

  private var imagesDirectory: String { "\(directory)/images" }
  private var namesDirectory: String { "\(directory)/names" }
  private var temporaryDirectory: String { "\(directory)/temporary" }
  private var lockPath: String { "\(directory)/lock" }

  /// Where an image is.
  func path(_ id: ImageDigest) -> String { "\(imagesDirectory)/\(id.digits)" }
  /// Where an image's files are.
  func rootPath(_ id: ImageDigest) -> String { "\(path(id))/rootfs" }

  /// Makes the directories, and removes what imports left whose process died.
  func prepare() throws(ImageError) {
    for (path, mode) in [
      (directory, Self.openMode), (imagesDirectory, Self.openMode), (namesDirectory, Self.closedMode),
      (temporaryDirectory, Self.closedMode),
    ] where access(path, F_OK) != 0 {
      let above = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      try? FileManager.default.createDirectory(atPath: above, withIntermediateDirectories: true)
      guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .failed("make `\(path)`", .last) }
    }
    for entry in (try? FileManager.default.contentsOfDirectory(atPath: temporaryDirectory)) ?? [] {
      let path = "\(temporaryDirectory)/\(entry)"
      // Whoever works in it has it locked.
      guard let lock = try? FileLock.take(path, isExclusive: true, waits: false) else { continue }
      try withExtendedLifetime(lock) { () throws(ImageError) in try discard(path) }
    }
  }

  /// Calls the body while no other process changes what names lead to.
  func locked<Value>(_ body: () throws(ImageError) -> Value) throws(ImageError) -> Value {
    let lock = try ImageError.attempt("lock the image store") { () throws(SystemError) in
      try FileLock.take(lockPath, isExclusive: true, waits: true, makes: true)
    }
    return try withExtendedLifetime(lock) { () throws(ImageError) in try body() }
  }

  /// A new directory of its own, locked for as long as the body runs and then removed, if it is still there.
  func withTemporaryDirectory<Value>(_ body: (String) throws(ImageError) -> Value) throws(ImageError) -> Value {
    let (path, lock) = try makeTemporaryDirectory()
    defer { withExtendedLifetime(lock) { try? DirectoryTree.remove(path: path) } }
    return try body(path)
  }

  /// Makes directories until one is still there when it is locked: until then ``prepare()`` of another takes it for one
  /// that a dead process left.
  private func makeTemporaryDirectory() throws(ImageError) -> (path: String, lock: Descriptor) {
    for _ in 0..<Self.maximumAttempts {
      let path = "\(temporaryDirectory)/\(String(UInt64.random(in: .min ... .max), radix: 36))"
      guard mkdir(path, Self.openMode) == 0 else { throw .failed("make `\(path)`", .last) }
      let lock = try ImageError.attempt("lock `\(path)`") { () throws(SystemError) -> Descriptor? in
        do throws(SystemError) { return try FileLock.take(path, isExclusive: true, waits: true) } catch {
          guard error.code == ENOENT else { throw error }
          return nil
        }
      }
      if let lock, access(path, F_OK) == 0 { return (path, lock) }
    }
    throw .failed("make a directory in `\(temporaryDirectory)`: others removed \(Self.maximumAttempts) of them at once")
  }

  private static let maximumAttempts = 64

  /// All names, in order.
  func names() throws(ImageError) -> [ImageName] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: namesDirectory)) ?? []
    return files.compactMap(ImageName.init(file:)).sorted { $0.text < $1.text }
  }

  /// The images of all names.
  func images() throws(ImageError) -> [SandboxImage] {
    var found: [SandboxImage] = []
    for name in try names() {
      if let image = try image(name) { found.append(image) }
    }
    return found
  }

  /// The image of a name; nil when there is none.
  func image(_ name: ImageName) throws(ImageError) -> SandboxImage? {
    guard let id = try id(of: name), let data = FileManager.default.contents(atPath: "\(path(id))/image.json") else {
      return nil
    }
    guard var image = try? JSONDecoder().decode(SandboxImage.self, from: data) else {
      throw .failed("the record of the image `\(id)` is damaged: remove and import it again")
    }
    image.name = name.text
    return image
  }

  /// The digest that a name leads to.
  func id(of name: ImageName) throws(ImageError) -> ImageDigest? {
    guard let data = FileManager.default.contents(atPath: "\(namesDirectory)/\(name.file)") else { return nil }
    guard let record = try? JSONDecoder().decode(NameRecord.self, from: data) else {
      throw .failed("the record of the name `\(name.text)` is damaged: import the image again")
    }
    return try ImageDigest(record.id)
  }

  /// Lets a name lead to an image.
  func set(_ name: ImageName, to id: ImageDigest) throws(ImageError) {
    try write(NameRecord(name: name.text, id: id.description), to: "\(namesDirectory)/\(name.file)")
    try synchronize(namesDirectory)
  }

  /// Keeps an image from being removed.
  func claim(_ name: ImageName) throws(ImageError) -> ImageClaim? {
    try locked { () throws(ImageError) in
      guard let image = try image(name) else { return nil }
      let id = try ImageDigest(image.id)
      let lock = try ImageError.attempt("lock the image `\(id)`") { () throws(SystemError) in
        try FileLock.take(path(id), isExclusive: false, waits: true)
      }
      guard let lock else { return nil }
      return ImageClaim(image: image, rootDirectory: rootPath(id), lock: lock)
    }
  }

  /// Removes a name, and its image when no other name leads to it.
  func remove(_ name: ImageName) throws(ImageError) -> Removal {
    let doomed = "\(temporaryDirectory)/\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let removal = try locked { () throws(ImageError) -> Removal in
      guard let id = try id(of: name) else { return .missing }
      var isShared = false
      for other in try names() where other != name {
        if try self.id(of: other) == id { isShared = true }
      }
      if !isShared, access(path(id), F_OK) == 0 {
        let lock = try ImageError.attempt("lock the image `\(id)`") { () throws(SystemError) in
          try FileLock.take(path(id), isExclusive: true, waits: false)
        }
        guard let lock else { return .inUse }
        try withExtendedLifetime(lock) { () throws(ImageError) in
          guard rename(path(id), doomed) == 0 else { throw .failed("remove the image `\(id)`", .last) }
        }
      }
      guard unlink("\(namesDirectory)/\(name.file)") == 0 else { throw .failed("remove `\(name.text)`", .last) }
      try synchronize(namesDirectory)
      return .removed
    }
    try discard(doomed)
    return removal
  }

  /// Removes a directory and everything in it.
  func discard(_ path: String) throws(ImageError) {
    try ImageError.attempt("remove `\(path)`") { () throws(SystemError) in try DirectoryTree.remove(path: path) }
  }
}
