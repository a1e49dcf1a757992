import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// A namespace with its own network stack behind the tap device of a sandbox, as a virtual machine is.
private struct FakeMachine: Sendable {
  let path: String

  /// Joins the tap device of a namespace with one in a new namespace, by passing packets between them.
  static func start(_ world: NetworkWorld, _ attachment: SandboxNetworkAttachment, name: String) async throws
    -> FakeMachine
  {
    let path = "\(world.directory)/\(name)"
    let near = try await world.inside(attachment.namespacePath) { () throws(SandboxError) in
      try NetworkBuilder.step("open the tap") { () throws(SystemError) in try TapDevice.open(NetworkNames.tap) }
    }
    let far = try await NamespaceThread.run { () throws(SandboxError) in
      let far = try NetworkBuilder.step("make the machine") { () throws(SystemError) in
        _ = try NetworkNamespace.create(path: path, in: world.directory)
        return try TapDevice.open("net0")
      }
      try NetworkTool(.ip, path: nil, timeout: .seconds(60)).run(
        ["-batch", "-"],
        input: """
          link set dev lo up
          address add \(attachment.address) dev net0
          link set dev net0 up
          route add default via \(attachment.gateway)

          """)
      return far
    }
    for (from, to) in [(near, far), (far, near)] {
      Task.detached {
        _ = try? await NamespaceThread.run { () throws(SandboxError) in
          try NetworkBuilder.step("pass packets") { () throws(SystemError) in try TapDevice.pass(from, to) }
        }
      }
    }
    return FakeMachine(path: path)
  }
}

private enum TapDevice {
  /// `TUNSETIFF` of `ioctl(2)`.
  private static let setInterface: UInt = 0x4004_54CA
  /// `IFF_TAP` and `IFF_NO_PI`.
  private static let flags: UInt16 = 0x0002 | 0x1000
  private static let requestBytes = 40
  private static let packetBytes = 65_536

  static func open(_ name: String) throws(SystemError) -> Descriptor {
    let number = Glibc.open("/dev/net/tun", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    let device = Descriptor(owning: number)
    var request = Array(name.utf8) + [UInt8](repeating: 0, count: requestBytes - name.utf8.count)
    request[16] = UInt8(flags & 0xFF)
    request[17] = UInt8(flags >> 8)
    let code = request.withUnsafeMutableBytes { buffer in
      // The buffer has 40 bytes, so it has a base address.
      device.use { ioctl($0, setInterface, buffer.baseAddress.unsafelyUnwrapped) }
    }
    guard code == 0 else { throw .last }
    return device
  }

  /// Passes packets until a device is gone.
  static func pass(_ from: Descriptor, _ to: Descriptor) throws(SystemError) {
    while true {
      var packet: [UInt8] = []
      _ = try from.read(upTo: packetBytes) { packet = Array($0) }
      // A device that is not up yet does not take packets.
      try? to.write(packet)
    }
  }
}

@Suite("Networks of virtual machines", .needsNetworkTools)
struct NetworkMachineTests {
  @Test("a machine reaches what is allowed and nothing else, and cannot take another address")
  func reach() async throws {
    try await NetworkWorld.run { world in
      let service = try await NetworkService.start(world, in: world.outsidePath, address: "0.0.0.0")
      let machine = try await NetworkService.start(world, in: world.machinePath, address: "0.0.0.0")
      let id = SandboxID()
      let attachment = try await world.networks.attach(
        id, config: .only("\(NetworkWorld.service):\(service.port)"), rate: 10, forVirtualMachine: true)
      #expect(attachment.tapName == "tap0")
      let guest = try await FakeMachine.start(world, attachment, name: "guest")
      #expect(
        try await world.connect(from: guest.path, to: NetworkWorld.service, service.port, sending: 300_000)
          == .answered("\(NetworkService.greeting)300000\n"))
      let counters = try await world.networks.counters(of: id)
      #expect(counters.bytesSent > 300_000 && counters.refusedPackets == 0)
      for (address, port) in [
        (NetworkWorld.forbidden, service.port), (NetworkWorld.metadata, service.port), (NetworkWorld.service, 53),
        (NetworkWorld.machine, machine.port),
      ] {
        #expect(try await world.connect(from: guest.path, to: address, port) == .failed(ECONNREFUSED), "\(address)")
      }
      #expect(try await world.networks.counters(of: id).refusedPackets >= 4)
      let spoofing = try await world.program(
        ["/bin/sh", "-c", "ip address add 10.88.0.3/30 dev net0 2>/dev/null; ip address add 203.0.113.9/32 dev net0"],
        inside: guest.path)
      #expect(spoofing == 0)
      let socket = try await world.inside(guest.path) { () throws(SandboxError) in
        try NetworkBuilder.step("bind") { () throws(SystemError) in
          let socket = try NetworkSocket.make(.stream)
          try NetworkSocket.bind(socket, address: "203.0.113.9", port: 0)
          var limit = timeval(tv_sec: 1, tv_usec: 0)
          _ = socket.use {
            setsockopt($0, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
          }
          return socket
        }
      }
      #expect(throws: SystemError.self) {
        try NetworkSocket.connect(socket, address: NetworkWorld.service, port: service.port)
      }
      try? NetworkNamespace.remove(path: guest.path)
      try await world.networks.detach(id)
    }
  }
}
