import FoundationEssentials
import Glibc
import SymbiontSystem

/// Lines of JSON with descriptors on a UNIX socket, read and written on a thread of their own.
///
/// Descriptors come with the first byte of a message (`SCM_RIGHTS` of `unix(7)`).
struct HostLine: Sendable {
  /// The longest line; an environment of a megabyte fits.
  static let maximumBytes = 4 << 20
  /// The standard streams.
  static let maximumDescriptors = 3
  private static let chunkBytes = 65_536
  /// A message header of the kernel with room for the descriptors: 16 bytes and 4 for each, rounded up to 8.
  private static let controlBytes = 32
  private static let headerBytes = 16

  let socket: Descriptor

  /// Sends a value as one line.
  func send(_ value: some Encodable, descriptors: [Int32] = []) throws {
    var bytes = [UInt8](try JSONEncoder().encode(value))
    bytes.append(UInt8(ascii: "\n"))
    guard bytes.count <= Self.maximumBytes else { throw SystemError(code: EMSGSIZE) }
    var sent = 0
    if !descriptors.isEmpty { sent = try sendFirst(bytes, descriptors) }
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        socket.use {
          Glibc.send($0, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Int32(MSG_NOSIGNAL))
        }
      }
      if count < 0 {
        guard errno == EINTR else { throw SystemError.last }
        continue
      }
      sent += count
    }
  }

  private func sendFirst(_ bytes: [UInt8], _ descriptors: [Int32]) throws -> Int {
    let count = bytes.withUnsafeBytes { buffer -> Int in
      withUnsafeTemporaryAllocation(byteCount: Self.controlBytes, alignment: 8) { control -> Int in
        control.initializeMemory(as: UInt8.self, repeating: 0)
        let length = Self.headerBytes + descriptors.count * MemoryLayout<Int32>.size
        control.storeBytes(of: length, as: Int.self)
        control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
        control.storeBytes(of: Int32(SCM_RIGHTS), toByteOffset: 12, as: Int32.self)
        for (index, descriptor) in descriptors.enumerated() {
          control.storeBytes(of: descriptor, toByteOffset: Self.headerBytes + index * 4, as: Int32.self)
        }
        var vector = iovec(iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress), iov_len: buffer.count)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = (length + 7) & ~7
          return socket.use { sendmsg($0, &message, Int32(MSG_NOSIGNAL)) }
        }
      }
    }
    guard count > 0 else { throw SystemError.last }
    return count
  }
}

/// Reads lines from a socket; what comes after a line is kept for the next one.
struct HostLineReader {
  private let socket: Descriptor
  private var rest: [UInt8] = []
  /// Descriptors that came with what was read.
  private(set) var descriptors: [Descriptor] = []

  private static let chunkBytes = 65_536
  private static let controlBytes = 256
  private static let headerBytes = 16

  init(_ socket: Descriptor) { self.socket = socket }

  /// The next value; nil at the end of the connection.
  mutating func next<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(rest[..<end])
        rest.removeFirst(end + 1)
        return try JSONDecoder().decode(Value.self, from: Data(line))
      }
      guard rest.count <= HostLine.maximumBytes else { throw SystemError(code: EMSGSIZE) }
      guard try receive() > 0 else { return nil }
    }
  }

  private mutating func receive() throws -> Int {
    var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
    var control = [UInt8](repeating: 0, count: Self.controlBytes)
    var controlLength = 0
    let count = buffer.withUnsafeMutableBytes { bytes in
      control.withUnsafeMutableBytes { control -> Int in
        var vector = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = control.count
          while true {
            let count = socket.use { recvmsg($0, &message, Int32(MSG_CMSG_CLOEXEC)) }
            if count < 0, errno == EINTR { continue }
            controlLength = Int(message.msg_controllen)
            return count
          }
        }
      }
    }
    guard count >= 0 else { throw SystemError.last }
    take(control, controlLength)
    rest += buffer[..<count]
    return count
  }

  /// Takes over the descriptors of a control message, and closes those that are too many.
  private mutating func take(_ control: [UInt8], _ length: Int) {
    guard length >= Self.headerBytes else { return }
    let (size, level, kind) = control.withUnsafeBytes { bytes in
      (
        bytes.load(as: Int.self), bytes.load(fromByteOffset: 8, as: Int32.self),
        bytes.load(fromByteOffset: 12, as: Int32.self)
      )
    }
    guard level == SOL_SOCKET, kind == Int32(SCM_RIGHTS), size <= length else { return }
    for offset in stride(from: Self.headerBytes, to: size - 3, by: 4) {
      let number = control.withUnsafeBytes { $0.load(fromByteOffset: offset, as: Int32.self) }
      let descriptor = Descriptor(owning: number)
      if descriptors.count < HostLine.maximumDescriptors { descriptors.append(descriptor) }
    }
  }
}
