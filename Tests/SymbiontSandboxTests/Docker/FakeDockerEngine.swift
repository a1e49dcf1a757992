import Foundation
import Glibc
import Synchronization
import Testing

/// A socket that answers every call with the same bytes, and then does as it is told.
final class FakeDockerEngine: Sendable {
  /// What happens after the answer.
  enum Ending: Sendable {
    /// The connection is closed.
    case closes
    /// The connection stays open and silent, until the caller closes it.
    case stays
  }

  let path: String
  private let listener: Int32
  private let received = Mutex<[String]>([])

  /// The heads of the calls that came.
  var calls: [String] { received.withLock { $0 } }

  init(_ answer: [UInt8], _ ending: Ending = .closes) throws {
    path = "/tmp/symbiont-engine-\(String(UInt64.random(in: .min ... .max), radix: 36)).sock"
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(listener >= 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0 && listen(listener, 16) == 0)
    Thread.detachNewThread { [self] in serve(answer, ending) }
  }

  convenience init(_ answer: String, _ ending: Ending = .closes) throws {
    try self.init(Array(answer.utf8), ending)
  }

  /// Stops listening; the thread ends then.
  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    unlink(path)
  }

  /// An answer with a JSON body.
  static func json(_ body: String, status: String = "200 OK") -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  private func serve(_ answer: [UInt8], _ ending: Ending) {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else {
        close(listener)
        return
      }
      Thread.detachNewThread { [self] in
        readHead(connection)
        // A caller may have gone by now, which must not end the tests.
        _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
        if case .stays = ending { waitForEnd(connection) }
        close(connection)
      }
    }
  }

  private func waitForEnd(_ connection: Int32) {
    var byte: UInt8 = 0
    while recv(connection, &byte, 1, 0) > 0 {}
  }

  private func readHead(_ connection: Int32) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      bytes += buffer[..<count]
    }
    received.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
  }
}
