import Glibc
import SymbiontSystem

/// Sends bytes over a local socket, and a copy of a descriptor with them; see `unix(7)`.
enum ControlMessage {
  /// The layout of `struct cmsghdr` with one descriptor: its length in a word, the level, the kind, the number.
  private static let headerBytes = 16
  private static let messageBytes = headerBytes + MemoryLayout<Int32>.size
  /// The kernel wants whole words.
  private static let spaceBytes = 24
  private static let descriptorRights: Int32 = 1

  /// False when not all was sent at once.
  static func send(_ bytes: [UInt8], descriptor: Descriptor?, over socket: Descriptor) -> Bool {
    guard let descriptor else { return send(bytes, control: nil, over: socket) }
    return descriptor.use { number in
      withUnsafeTemporaryAllocation(byteCount: spaceBytes, alignment: MemoryLayout<Int>.alignment) { control in
        control.initializeMemory(as: UInt8.self, repeating: 0)
        control.storeBytes(of: messageBytes, toByteOffset: 0, as: Int.self)
        control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
        control.storeBytes(of: descriptorRights, toByteOffset: 12, as: Int32.self)
        control.storeBytes(of: number, toByteOffset: headerBytes, as: Int32.self)
        return send(bytes, control: control, over: socket)
      }
    }
  }

  private static func send(_ bytes: [UInt8], control: UnsafeMutableRawBufferPointer?, over socket: Descriptor) -> Bool {
    var bytes = bytes
    return bytes.withUnsafeMutableBytes { buffer in
      var part = iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
      return withUnsafeMutablePointer(to: &part) { parts in
        var message = msghdr()
        message.msg_iov = parts
        message.msg_iovlen = 1
        message.msg_control = control?.baseAddress
        message.msg_controllen = control?.count ?? 0
        return socket.use { sendmsg($0, &message, Int32(MSG_NOSIGNAL)) } == buffer.count
      }
    }
  }
}
