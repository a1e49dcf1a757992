import Glibc
import SymbiontSystem

/// An ext4 file system in a file, as far as it takes to change the owners of its files.
///
/// The layout is that of the kernel's documentation ("ext4 Data Structures and Algorithms"); numbers have their least byte
/// first. It must have no checksums of metadata and 32-byte group descriptors.
struct ExtFileSystem {
  private let file: Descriptor
  private let blockSize: UInt64
  private let inodesPerGroup: UInt64
  private let groups: UInt64
  private let inodeSize: UInt64
  private let descriptorsOffset: UInt64

  private static let superblockOffset: UInt64 = 1_024
  private static let superblockSize = 1_024
  private static let magic: UInt64 = 0xEF53
  private static let descriptorSize: UInt64 = 32
  /// The features `64bit` and `metadata_csum`, which change what is written here.
  private static let refusedIncompatible: UInt64 = 0x80
  private static let refusedReadOnly: UInt64 = 0x400
  /// The offsets in an inode of the low and high halves of the owner and the group.
  private static let ownerHalves = [(0x02, 0x78), (0x18, 0x7A)]

  /// Reads the superblock.
  init(_ file: Descriptor) throws(ImageError) {
    self.file = file
    let block = try Self.read(file, at: Self.superblockOffset, count: Self.superblockSize)
    func field(_ offset: Int, _ size: Int) -> UInt64 {
      block[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    guard field(56, 2) == Self.magic, field(24, 4) <= 6, field(88, 2) >= 128, field(88, 2) <= 4_096,
      field(96, 4) & Self.refusedIncompatible == 0, field(100, 4) & Self.refusedReadOnly == 0, field(40, 4) > 0
    else { throw .failed("the new file system is not as it was asked for") }
    blockSize = 1_024 << field(24, 4)
    inodesPerGroup = field(40, 4)
    inodeSize = field(88, 2)
    groups = (field(0, 4) + inodesPerGroup - 1) / inodesPerGroup
    descriptorsOffset = (field(20, 4) + 1) * blockSize
  }

  /// Subtracts the first of a range of ids from all owners and groups that are in the range.
  func shiftOwners(from first: UInt32, count: UInt32) throws(ImageError) {
    for group in 0..<groups {
      let descriptor = try Self.read(
        file, at: descriptorsOffset + group * Self.descriptorSize, count: Int(Self.descriptorSize))
      let tableBlock = descriptor[8..<12].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let offset = tableBlock * blockSize
      var table = try Self.read(file, at: offset, count: Int(inodesPerGroup * inodeSize))
      var isChanged = false
      for inode in stride(from: 0, to: table.count, by: Int(inodeSize)) {
        for (low, high) in Self.ownerHalves {
          isChanged = Self.shift(&table, low: inode + low, high: inode + high, first, count) || isChanged
        }
      }
      if isChanged { try write(table, at: offset) }
    }
  }

  private static func shift(_ table: inout [UInt8], low: Int, high: Int, _ first: UInt32, _ count: UInt32) -> Bool {
    let id =
      UInt32(table[low]) | UInt32(table[low + 1]) << 8 | UInt32(table[high]) << 16 | UInt32(table[high + 1]) << 24
    guard id >= first, id - first < count else { return false }
    let shifted = id - first
    table[low] = UInt8(truncatingIfNeeded: shifted)
    table[low + 1] = UInt8(truncatingIfNeeded: shifted >> 8)
    table[high] = UInt8(truncatingIfNeeded: shifted >> 16)
    table[high + 1] = UInt8(truncatingIfNeeded: shifted >> 24)
    return true
  }

  private static func read(_ file: Descriptor, at offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let window = FileWindow(file, offset: offset, count: UInt64(count))
    guard try bytes.reading({ buffer throws(ImageError) in try window.fill(buffer) }) == count else {
      throw .failed("the new file system ends too early")
    }
    return bytes
  }

  private func write(_ bytes: [UInt8], at offset: UInt64) throws(ImageError) {
    try ImageError.attempt("write the new file system") { () throws(SystemError) in
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBytes { buffer in
          file.use {
            pwrite($0, buffer.baseAddress.map { $0 + written }, buffer.count - written, off_t(offset) + written)
          }
        }
        guard count > 0 || errno == EINTR else { throw .last }
        written += max(count, 0)
      }
    }
  }
}
