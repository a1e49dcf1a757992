import Glibc
import SymbiontSystem

/// A file seen as a block device, for as long as something has it open or mounted.
///
/// See `loop(4)`. The kernel frees the device with its last user (`LO_FLAGS_AUTOCLEAR`), so a runtime that dies leaves
/// none that is not mounted.
struct LoopDevice: Sendable {
  /// The device, such as `/dev/loop3`.
  let path: String
  /// Keeps the device until it is mounted.
  private let descriptor: Descriptor

  private static let controlPath = "/dev/loop-control"
  private static let majorNumber: UInt32 = 7
  private static let deviceMode: mode_t = S_IFBLK | 0o600
  /// Another program may take the free device first; then the next one is tried.
  private static let attempts = 64

  private enum Request {
    static let configure: UInt = 0x4C0A
    static let getFree: UInt = 0x4C82
  }

  /// `struct loop_config` of `linux/loop.h`.
  private enum Configuration {
    static let bytes = 304
    static let descriptor = 0
    static let blockSize = 4
    static let flags = 60
    static let autoclear: UInt32 = 4
    static let blockBytes: UInt32 = 4_096
  }

  /// Why there is no device.
  enum Failure: Error, Sendable {
    /// The kernel has no loop devices, or this process may not use them.
    case unavailable(SystemError)
    /// The file could not be attached.
    case failed(SystemError)
  }

  /// Attaches a file.
  init(_ file: Descriptor) throws(Failure) {
    let number = Glibc.open(Self.controlPath, O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw .unavailable(.last) }
    let control = Descriptor(owning: number)
    var failure = SystemError(code: EBUSY)
    for _ in 0..<Self.attempts {
      let free = control.use { ioctl($0, Request.getFree) }
      guard free >= 0 else { throw .unavailable(.last) }
      do throws(SystemError) {
        let device = try Self.open(free)
        try Self.configure(device, file)
        (path, descriptor) = ("/dev/loop\(free)", device)
        return
      } catch {
        guard error.code == EBUSY || error.code == ENXIO else { throw .failed(error) }
        failure = error
      }
    }
    throw .failed(failure)
  }

  private static func open(_ index: Int32) throws(SystemError) -> Descriptor {
    let path = "/dev/loop\(index)"
    var number = Glibc.open(path, O_RDWR | O_CLOEXEC)
    if number < 0, errno == ENOENT {
      // A `/dev` that no kernel fills has only the devices that its maker thought of.
      let device = UInt(majorNumber) << 8 | UInt(index & 0xff) | UInt(index & ~0xff) << 12
      guard mknod(path, deviceMode, dev_t(device)) == 0 || errno == EEXIST else { throw .last }
      number = Glibc.open(path, O_RDWR | O_CLOEXEC)
    }
    guard number >= 0 else { throw .last }
    return Descriptor(owning: number)
  }

  private static func configure(_ device: Descriptor, _ file: Descriptor) throws(SystemError) {
    let result: Int32 = withUnsafeTemporaryAllocation(byteCount: Configuration.bytes, alignment: 8) { buffer in
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
      return device.use { device in
        file.use { file in
          buffer.storeBytes(of: UInt32(bitPattern: file), toByteOffset: Configuration.descriptor, as: UInt32.self)
          buffer.storeBytes(of: Configuration.blockBytes, toByteOffset: Configuration.blockSize, as: UInt32.self)
          buffer.storeBytes(of: Configuration.autoclear, toByteOffset: Configuration.flags, as: UInt32.self)
          guard let base = buffer.baseAddress else { return -1 }
          return ioctl(device, Request.configure, base)
        }
      }
    }
    guard result == 0 else { throw .last }
  }
}
