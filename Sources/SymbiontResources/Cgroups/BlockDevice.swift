import Glibc
import SymbiontSystem

/// A disk, by the numbers that the kernel knows it by.
package struct BlockDevice: Sendable, Hashable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// The disk that holds a file; nil when the file is on no disk, as in memory or on a network.
  ///
  /// The kernel limits whole disks only, so a partition gives its disk.
  package init?(holding path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let kind = status.st_mode & S_IFMT
    let number = UInt64(kind == S_IFBLK ? status.st_rdev : status.st_dev)
    self.init(number: number, systemDirectory: "/sys/dev/block")
  }

  init?(number: UInt64, systemDirectory: String) {
    let device = Self(number: number)
    guard device.major != 0 else { return nil }
    let directory = "\(systemDirectory)/\(device)"
    guard access("\(directory)/partition", F_OK) == 0 else {
      self = device
      return
    }
    // A partition's directory is inside of its disk's; the link must be followed before the step up.
    guard let disk = BlockDevice(text: KernelFile.text("\(directory)/../dev")) else { return nil }
    self = disk
  }

  /// Reads numbers as `8:16`.
  init?(text: String) {
    let parts = text.split(separator: "\n").first?.split(separator: ":") ?? []
    guard parts.count == 2, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
    self.init(major: major, minor: minor)
  }

  /// Takes a number of `stat(2)` apart, see `makedev(3)`.
  private init(number: UInt64) {
    self.init(
      major: Int((number >> 8) & 0xfff | (number >> 32) & 0xffff_f000),
      minor: Int(number & 0xff | (number >> 12) & 0xffff_ff00))
  }

  package var description: String { "\(major):\(minor)" }
}
