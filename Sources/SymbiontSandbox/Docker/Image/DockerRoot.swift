/// What a container sees as `/`: the few files of an image of ours, and above it what is mounted from the machine.
///
/// The engine can only make `/` from images of its own. Copying the system, or an image that was imported before, into it
/// would store everything twice, so its image has only mount points and links, and everything else is mounted from where
/// it is.
struct DockerRoot: Sendable, Hashable {
  /// Links of `/` and where they lead.
  var links: [String: String]
  /// The directories and files of the machine to mount.
  var mounts: [DockerContainerRequest.Mount]
  /// Whether `/etc` is made here; otherwise it is mounted.
  var hasOwnConfiguration: Bool
  /// The user and group of the commands.
  var commandUserID: UInt32

  /// Where the guest's program is.
  static let guestPath = "/.symbiont/guest"
  /// The directories that are there in every case, with their modes.
  private static let directories: [(name: String, mode: UInt16)] = [
    ("proc", 0o555), ("dev", 0o755), ("sys", 0o555), ("tmp", 0o1777), ("workspace", 0o755), ("etc", 0o755),
    (".symbiont", 0o755),
  ]
  private static let directoryMode: UInt16 = 0o755
  private static let fileMode: UInt16 = 0o644

  /// The names in `/` that an image's own cannot replace.
  static let reserved = Set(directories.map(\.name)).subtracting(["etc"])

  /// The files of the engine's image, as an archive.
  func archive() throws(TapeArchive.Failure) -> [UInt8] {
    var archive = TapeArchive()
    for (name, mode) in Self.directories { try archive.addDirectory(name, mode: mode) }
    for (name, target) in links.sorted(by: { $0.key < $1.key }) where !Self.reserved.contains(name) {
      try archive.addLink(name, to: target)
    }
    guard hasOwnConfiguration else { return archive.bytes }
    if links["var"] == nil {
      try archive.addDirectory("var", mode: Self.directoryMode)
      try archive.addLink("var/tmp", to: "../tmp")
    }
    for (name, text) in configurationFiles {
      try archive.addFile("etc/\(name)", mode: Self.fileMode, contents: Array(text.utf8))
    }
    return archive.bytes
  }

  private var configurationFiles: [(String, String)] {
    [
      ("group", "root:x:0:\nagent:x:\(commandUserID):\nnogroup:x:65534:\n"),
      ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"),
      (
        "passwd",
        """
        root:x:0:0:root:/:/usr/sbin/nologin
        agent:x:\(commandUserID):\(commandUserID):agent:/workspace:/bin/sh
        nobody:x:65534:65534:nobody:/:/usr/sbin/nologin

        """
      ),
    ]
  }
}
