import Glibc
import SymbiontSystem

extension ImageShelf {
  private static let searchPath = ["/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"]
  private static let toolTimeout = Duration.seconds(600)
  private static let messageBytes = 4_096
  private static let diskMode: mode_t = 0o444
  private static let blockBytes: UInt64 = 4_096
  private static let inodeBytes: UInt64 = 256
  /// Room for what the file system itself needs beyond files and inodes.
  private static let spareBytes: UInt64 = 33_554_432

  /// Makes the ext4 file system of an image, unless it is there.
  func diskImage(_ image: SandboxImage) throws(ImageError) -> String {
    let id = try ImageDigest(image.id)
    let path = "\(path(id))/disk.ext4"
    let lock = try ImageError.attempt("lock `\(path)`") { () throws(SystemError) in
      try FileLock.take("\(path).lock", isExclusive: true, waits: true, makes: true)
    }
    return try withExtendedLifetime(lock) { () throws(ImageError) in
      if access(path, F_OK) == 0 { return path }
      try withTemporaryDirectory { temporary throws(ImageError) in
        let draft = "\(temporary)/disk.ext4"
        try makeDisk(draft, of: rootPath(id))
        guard chmod(draft, Self.diskMode) == 0, rename(draft, path) == 0 else { throw .failed("keep `\(path)`", .last) }
        try synchronize(self.path(id))
      }
      return path
    }
  }

  private func makeDisk(_ path: String, of root: String) throws(ImageError) {
    guard
      let tool = Self.searchPath.map({ directory -> String in "\(directory)/mke2fs" }).first(where: {
        access($0, X_OK) == 0
      })
    else {
      throw .failed("`mke2fs` makes the disks of virtual machines and is not installed: install `e2fsprogs`")
    }
    let (inodes, blocks) = try measure(root)
    let bytes = blocks * Self.blockBytes / 4 * 5 + inodes * 2 * Self.inodeBytes + Self.spareBytes
    let disk = try ImageError.attempt("make `\(path)`") { () throws(SystemError) in
      let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard number >= 0 else { throw .last }
      let file = Descriptor(owning: number)
      guard file.use({ ftruncate($0, off_t(bytes / Self.blockBytes * Self.blockBytes)) }) == 0 else { throw .last }
      return file
    }
    // Without checksums of metadata, so that owners can be changed afterwards, and without a journal, for it is never
    // written to.
    try run(
      tool,
      [
        "-q", "-F", "-t", "ext4", "-m", "0", "-b", "\(Self.blockBytes)", "-I", "\(Self.inodeBytes)", "-N",
        "\(inodes * 2)", "-O", "^has_journal,^metadata_csum,^64bit,^resize_inode", "-d", root, path,
      ])
    try ExtFileSystem(disk).shiftOwners(from: firstUserID, count: 65_536)
    try ImageError.attempt("write `\(path)`") { () throws(SystemError) in
      guard disk.use({ ftruncate($0, off_t(ImageDisk.bytes)) }) == 0, disk.use(fsync) == 0 else { throw .last }
    }
  }

  /// The number of files, and of the blocks that they fill.
  private func measure(_ root: String) throws(ImageError) -> (inodes: UInt64, blocks: UInt64) {
    try ImageError.attempt("measure `\(root)`") { () throws(SystemError) in
      let number = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard number >= 0 else { throw .last }
      return try Self.measure(Descriptor(owning: number))
    }
  }

  private static func measure(_ directory: Descriptor) throws(SystemError) -> (inodes: UInt64, blocks: UInt64) {
    var (inodes, blocks): (UInt64, UInt64) = (16, 1)
    for name in try DirectoryTree.names(in: directory) {
      guard let status = ImageTree.status(name, in: directory) else { continue }
      inodes += 1
      // A block more for its place in the directory and the map of its blocks.
      blocks += (UInt64(status.st_size) + blockBytes - 1) / blockBytes + 1
      guard status.st_mode & S_IFMT == S_IFDIR else { continue }
      let number = ImageTree.withName(name) { name in
        directory.use { openat($0, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
      }
      guard number >= 0 else { throw .last }
      let inner = try measure(Descriptor(owning: number))
      inodes += inner.inodes
      blocks += inner.blocks
    }
    return (inodes, blocks)
  }

  private func run(_ tool: String, _ arguments: [String]) throws(ImageError) {
    var printed = ""
    let status = try ImageError.attempt("run `\(tool)`") { () throws(SystemError) in
      let input = try MemoryFile.make([])
      let output = try MemoryFile.make([])
      let status = try input.use { input throws(SystemError) in
        try output.use { output throws(SystemError) in
          try SpawnedProcess(
            path: tool, arguments: [tool] + arguments, environment: ["LC_ALL=C", "MKE2FS_SYNC=0"], input: input,
            output: output)
        }
      }.waitForExit(within: Self.toolTimeout)
      printed = String(decoding: try MemoryFile.contents(output, atMost: Self.messageBytes), as: UTF8.self)
      return status
    }
    guard status == .exited(0) else {
      let said = printed.split(separator: "\n").joined(separator: "; ")
      throw .failed("`\(tool)` \(status.map { "ended with \($0.code): \(said)" } ?? "took too long")")
    }
  }
}
