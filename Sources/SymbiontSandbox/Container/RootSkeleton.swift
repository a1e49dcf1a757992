import Glibc
import SymbiontCore
import SymbiontSystem

/// The root directory that all containers share: mount points and a few files of `/etc`.
///
/// Containers see it read-only, and it belongs to a user of the machine that they do not have.
struct RootSkeleton: Sendable {
  /// Where it is.
  let path: String
  /// The directories of the machine to mount into it.
  let systemMounts: [ContainerSpecification.Mount]

  private static let directoryMode: mode_t = 0o755
  private static let temporaryMode: mode_t = 0o1777
  private static let fileMode: mode_t = 0o644

  private static let mountPoints = ["proc", "dev", "tmp", "workspace", "etc", "var", guestDirectory]
  private static let guestDirectory = ".symbiont"
  private static let guestFile = ".symbiont/guest"

  /// Files of the machine's `/etc` that programs need to start; they hold no secrets.
  private static let sharedConfiguration = ["/etc/alternatives", "/etc/ld.so.cache"]

  private static let files = [
    "etc/passwd": """
    root:x:0:0:root:/:/usr/sbin/nologin
    agent:x:1000:1000:agent:/workspace:/bin/sh
    nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

    """,
    "etc/group": "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n",
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  ]

  /// Makes the directory as the configuration wants it; what is already there is kept.
  init(_ configuration: RuncConfiguration) throws(SystemError) {
    try self.init(path: configuration.rootDirectory, systemDirectories: configuration.systemDirectories)
  }

  /// Makes only the mount points, to be laid over an image that may not have them.
  static func makeOverlay(_ path: String) throws(SystemError) {
    try makeDirectory(path, mode: directoryMode)
    for name in ["proc", "dev", "tmp", "workspace", "etc", guestDirectory] {
      try makeDirectory("\(path)/\(name)", mode: name == "tmp" ? temporaryMode : directoryMode)
    }
    try writeFile("\(path)/\(guestFile)", "")
  }

  /// Makes the directory for the given directories of the machine; what is already there is kept.
  init(path: String, systemDirectories: [String]) throws(SystemError) {
    self.path = path
    let mounted = MountTable.current()
    var mounts: [ContainerSpecification.Mount] = []
    try Self.makeDirectory(path, mode: Self.directoryMode)
    for name in Self.mountPoints {
      try Self.makeDirectory("\(path)/\(name)", mode: name == "tmp" ? Self.temporaryMode : Self.directoryMode)
    }
    guard symlink("../tmp", "\(path)/var/tmp") == 0 || errno == EEXIST else { throw .last }
    try Self.writeFile("\(path)/\(Self.guestFile)", "")
    for (name, text) in Self.files {
      try Self.writeFile("\(path)/\(name)", text)
    }
    for source in systemDirectories + Self.sharedConfiguration {
      if let mount = try Self.attach(source, below: path, mounted: mounted) { mounts.append(mount) }
    }
    systemMounts = mounts
  }

  /// Makes the mount point for a path of the machine, or the same link.
  ///
  /// Nil when there is nothing to mount.
  private static func attach(
    _ source: String, below root: String, mounted: MountTable
  ) throws(SystemError) -> ContainerSpecification.Mount? {
    var status = stat()
    guard lstat(source, &status) == 0 else { return nil }
    let destination = "\(root)\(source)"
    switch status.st_mode & S_IFMT {
    case S_IFLNK:
      guard let target = linkTarget(source) else { throw .last }
      guard symlink(target, destination) == 0 || errno == EEXIST else { throw .last }
      return nil
    case S_IFDIR:
      try makeDirectory(destination, mode: directoryMode)
    default:
      try writeFile(destination, "")
    }
    // `ro` binds the top mount only; mounts below it need the recursive form, which older kernels do not have.
    let readOnly = mounted.hasMounts(below: source) ? "rro" : "ro"
    return ContainerSpecification.Mount(
      destination: source, type: "bind", source: source, options: ["rbind", readOnly, "nosuid", "nodev"])
  }

  private static func makeDirectory(_ path: String, mode: mode_t) throws(SystemError) {
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .last }
    // The process's umask took bits away.
    guard chmod(path, mode) == 0 else { throw .last }
  }

  private static func writeFile(_ path: String, _ text: String) throws(SystemError) {
    let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, fileMode)
    guard number >= 0 else {
      guard errno == EEXIST else { throw .last }
      return
    }
    let file = Descriptor(owning: number)
    guard file.use({ fchmod($0, fileMode) }) == 0 else { throw .last }
    try file.write(Array(text.utf8))
  }

  private static func linkTarget(_ path: String) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      guard let address = buffer.baseAddress else { return nil }
      let count = readlink(path, address, buffer.count)
      guard count >= 0, count < buffer.count else { return nil }
      return String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]), as: UTF8.self)
    }
  }
}
