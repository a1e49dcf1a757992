import Glibc
import SymbiontCore
import SymbiontSystem

@testable import SymbiontSandbox

/// A server in a namespace of a test: it greets, sends a number of bytes, reads all that comes, and says how much it was.
final class NetworkService: Sendable {
  static let greeting = "hello\n"
  let port: UInt16
  private let socket: Descriptor

  private init(port: UInt16, socket: Descriptor) {
    self.port = port
    self.socket = socket
  }

  deinit {
    // Wakes the thread that accepts.
    _ = socket.use { shutdown($0, Int32(SHUT_RDWR)) }
  }

  /// Starts a server at an address; it ends with the last reference.
  static func start(
    _ world: NetworkWorld, in path: String, address: String, port: UInt16 = 0, sending count: Int = 0
  ) async throws -> NetworkService {
    let (socket, port) = try await world.inside(path) { () throws(SandboxError) in
      try NetworkBuilder.step("listen") { () throws(SystemError) in
        let socket = try NetworkSocket.make(.stream)
        try NetworkSocket.bind(socket, address: address, port: port)
        guard socket.use({ listen($0, 16) }) == 0 else { throw .last }
        return (socket, try NetworkSocket.port(of: socket))
      }
    }
    let listening = socket
    Task.detached {
      _ = try? await NamespaceThread.run { () throws(SandboxError) in
        while let connection = NetworkSocket.accept(listening) { serve(connection, sending: count) }
      }
    }
    return NetworkService(port: port, socket: socket)
  }

  private static func serve(_ connection: Descriptor, sending count: Int) {
    do {
      try connection.write(Array(greeting.utf8))
      let chunk = [UInt8](repeating: 0, count: 65_536)
      var left = count
      while left > 0 {
        try connection.write(Array(chunk.prefix(left)))
        left -= chunk.count
      }
      var total = 0
      while case let read = try connection.read(upTo: 65_536, into: { _ in }), read > 0 { total += read }
      try connection.write(Array("\(total)\n".utf8))
    } catch {}
  }
}

/// What a connection from a sandbox came to.
enum Connection: Sendable, Hashable {
  /// It was made, and this was read.
  case answered(String)
  /// It was refused with an error number.
  case failed(Int32)

  /// The answer of a service that got nothing.
  static let greeted = Connection.answered("\(NetworkService.greeting)0\n")
}

/// Sockets for tests; all calls block.
enum NetworkSocket {
  enum Kind {
    case stream, datagram
  }

  static func make(_ kind: Kind) throws(SystemError) -> Descriptor {
    let type = Int32((kind == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let number = socket(AF_INET, type, 0)
    guard number >= 0 else { throw .last }
    // Long enough for a busy machine; what is refused is refused at once.
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    for option in [SO_SNDTIMEO, SO_RCVTIMEO] {
      setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    return Descriptor(owning: number)
  }

  static func bind(_ socket: Descriptor, address: String, port: UInt16) throws(SystemError) {
    guard withAddress(address, port, { pointer, size in socket.use { Glibc.bind($0, pointer, size) } }) == 0 else {
      throw .last
    }
  }

  static func connect(_ socket: Descriptor, address: String, port: UInt16) throws(SystemError) {
    guard withAddress(address, port, { pointer, size in socket.use { Glibc.connect($0, pointer, size) } }) == 0 else {
      throw .last
    }
  }

  static func port(of socket: Descriptor) throws(SystemError) -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        socket.use { getsockname($0, pointer, &size) }
      }
    }
    guard code == 0 else { throw .last }
    return UInt16(bigEndian: address.sin_port)
  }

  static func accept(_ socket: Descriptor) -> Descriptor? {
    while true {
      let number = socket.use { Glibc.accept($0, nil, nil) }
      if number >= 0 { return Descriptor(owning: number) }
      guard errno == EINTR || errno == EAGAIN else { return nil }
    }
  }

  private static func withAddress(
    _ address: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var storage = sockaddr_in()
    storage.sin_family = sa_family_t(AF_INET)
    storage.sin_port = port.bigEndian
    storage.sin_addr.s_addr = (IPv4Address(address)?.value ?? 0).bigEndian
    return withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}

extension NetworkWorld {
  /// Connects from a sandbox, sends a number of bytes, and reads to the end.
  func connect(
    from path: String, to address: String, _ port: UInt16, sending count: Int = 0
  ) async throws -> Connection {
    try await inside(path) { () throws(SandboxError) in
      do throws(SystemError) {
        let socket = try NetworkSocket.make(.stream)
        try NetworkSocket.connect(socket, address: address, port: port)
        let chunk = [UInt8](repeating: 1, count: 65_536)
        var left = count
        while left > 0 {
          try socket.write(Array(chunk.prefix(left)))
          left -= chunk.count
        }
        _ = socket.use { shutdown($0, Int32(SHUT_WR)) }
        var bytes: [UInt8] = []
        while case let read = try socket.read(upTo: 65_536, into: { bytes += $0.filter { $0 != 0 } }), read > 0 {}
        return .answered(String(decoding: bytes, as: UTF8.self))
      } catch {
        return .failed(error.code)
      }
    }
  }
}
