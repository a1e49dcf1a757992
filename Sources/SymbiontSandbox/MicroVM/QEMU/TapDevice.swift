import Glibc
import SymbiontCore
import SymbiontSystem

/// The network device of a machine, which the host sees as one of its own.
enum TapDevice {
  static let controlPath = "/dev/net/tun"

  /// `struct ifreq` with the kind of the device, as `TUNSETIFF` takes it.
  private enum Request {
    static let attach = 0x4004_54ca
    static let bytes = 40
    static let nameBytes = 16
    /// Frames of Ethernet without a header of the kernel's own.
    static let kind: UInt16 = 0x0002 | 0x1000
  }

  /// Opens the device of a network that was made for a virtual machine.
  static func open(_ network: SandboxNetworkAttachment) async throws(SandboxError) -> Descriptor {
    guard let name = network.tapName, name.utf8.count < Request.nameBytes else {
      throw .configurationInvalid(reason: "the network was not made for a virtual machine: it has no tap device")
    }
    return try await NamespaceThread.run { () throws(SandboxError) in
      do throws(SystemError) {
        try NetworkNamespace(path: network.namespacePath).enter()
        return try attach(name)
      } catch {
        throw .startFailed(reason: "the network device `\(name)` could not be opened: \(error)")
      }
    }
  }

  private static func attach(_ name: String) throws(SystemError) -> Descriptor {
    let number = Glibc.open(controlPath, O_RDWR | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw .last }
    let device = Descriptor(owning: number)
    var request = [UInt8](repeating: 0, count: Request.bytes)
    request.replaceSubrange(0..<name.utf8.count, with: name.utf8)
    request[Request.nameBytes] = UInt8(Request.kind & 0xff)
    request[Request.nameBytes + 1] = UInt8(Request.kind >> 8)
    try request.withUnsafeMutableBufferPointer { buffer throws(SystemError) in
      let address = Int(bitPattern: buffer.baseAddress)
      try device.use { number throws(SystemError) in
        _ = try SystemCall.invoke(.deviceControl, Int(number), Request.attach, address)
      }
    }
    return device
  }
}
