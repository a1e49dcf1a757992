/// An archive of files in the form that the Linux kernel unpacks at its start: `newc`, described in the kernel's
/// documentation of the initramfs buffer format.
///
/// It is the same for the same entries: no times and no numbers of the machine that made it are in it.
package struct CpioArchive: Sendable, Hashable {
  /// One file.
  package struct Entry: Sendable, Hashable {
    /// What it is.
    package enum Content: Sendable, Hashable {
      case directory
      case file([UInt8])
      case link(target: String)
      case characterDevice(major: UInt32, minor: UInt32)
    }

    /// Its path below the root, without a leading `/`.
    package var path: String
    /// Its permission bits.
    package var permissions: UInt32
    /// What it is.
    package var content: Content

    package init(path: String, permissions: UInt32 = 0o755, content: Content) {
      self.path = path
      self.permissions = permissions
      self.content = content
    }
  }

  private static let magic = "070701"
  private static let trailer = "TRAILER!!!"
  private static let alignment = 4
  /// The kernel takes no longer names.
  private static let maximumNameBytes = 4_095

  private(set) var bytes: [UInt8] = []
  private var entries: UInt32 = 0

  /// Begins an archive without files.
  package init() {}

  /// The whole archive of some entries; a directory must come before what is in it.
  ///
  /// Entries with a name that the format cannot hold (empty, too long, with a zero byte) are refused with nil.
  package static func encode(_ entries: [Entry]) -> [UInt8]? {
    var archive = CpioArchive()
    for entry in entries {
      guard archive.append(entry) else { return nil }
    }
    return archive.finished()
  }

  /// Adds a file; false when its name or its size does not fit the format.
  package mutating func append(_ entry: Entry) -> Bool {
    let name = entry.path.utf8
    guard !name.isEmpty, name.count <= Self.maximumNameBytes, !name.contains(0), entry.path != Self.trailer else {
      return false
    }
    entries += 1
    switch entry.content {
    case .directory:
      write(entry.path, mode: 0o040000 | entry.permissions, data: [])
    case .file(let data):
      guard UInt32(exactly: data.count) != nil else { return false }
      write(entry.path, mode: 0o100000 | entry.permissions, data: data)
    case .link(let target):
      write(entry.path, mode: 0o120000 | entry.permissions, data: Array(target.utf8))
    case .characterDevice(let major, let minor):
      write(entry.path, mode: 0o020000 | entry.permissions, data: [], device: (major, minor))
    }
    return true
  }

  /// The bytes, with the entry that ends an archive.
  package func finished() -> [UInt8] {
    var archive = self
    archive.entries = 0
    archive.write(Self.trailer, mode: 0, data: [])
    return archive.bytes
  }

  private mutating func write(
    _ name: String, mode: UInt32, data: [UInt8], device: (major: UInt32, minor: UInt32) = (0, 0)
  ) {
    // Number, mode, user, group, links, time, size, device, device of the file itself, length of the name, checksum.
    let fields: [UInt32] = [
      entries, mode, 0, 0, 1, 0, UInt32(data.count), 0, 0, device.major, device.minor, UInt32(name.utf8.count + 1), 0,
    ]
    bytes += Self.magic.utf8
    for field in fields { appendHexadecimal(field) }
    bytes += name.utf8
    bytes.append(0)
    pad()
    bytes += data
    pad()
  }

  private mutating func appendHexadecimal(_ value: UInt32) {
    let digits = Array("0123456789ABCDEF".utf8)
    for shift in stride(from: 28, through: 0, by: -4) { bytes.append(digits[Int((value >> UInt32(shift)) & 0xf)]) }
  }

  private mutating func pad() {
    while bytes.count % Self.alignment != 0 { bytes.append(0) }
  }
}
