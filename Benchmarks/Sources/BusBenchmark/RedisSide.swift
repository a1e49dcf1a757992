import CRedisPeer
import Foundation
import Measuring

/// The peer: Redis Streams with an fsync before each answer, over a socket in a directory, and a client in C that is never
/// the bottleneck: one thread, one command under way on each connection.
final class RedisSide {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let server = Process()
  private let socket: String

  /// Starts a server of its own.
  init(directory: String) throws {
    socket = directory + "/redis.sock"
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments = [
      "redis-server", "--port", "0", "--unixsocket", socket, "--appendonly", "yes", "--appendfsync", "always",
      "--save", "", "--dir", directory, "--daemonize", "no", "--loglevel", "warning",
    ]
    server.standardOutput = FileHandle.standardError
    try server.run()
    for _ in 0..<200 where access(socket, W_OK) != 0 {
      guard server.isRunning else { throw Failure(description: "redis-server does not run; is it installed?") }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  deinit {
    server.terminate()
    server.waitUntilExit()
  }

  /// Cycles of sending, receiving and acknowledging: how many a second, and how long each took.
  func run(senders: Int, bytes: Int, for duration: Duration) throws -> Round {
    let capacity = 4_000_000
    var elapsed: Int64 = 0
    var cycles: Int64 = 0
    let durations = [Int64](unsafeUninitializedCapacity: capacity) { buffer, count in
      cycles = redis_peer_run(
        socket, Int32(senders), Int32(bytes), Int64(duration / .nanoseconds(1)), &elapsed, buffer.baseAddress,
        Int64(capacity))
      count = Int(max(0, min(cycles, Int64(capacity))))
    }
    guard cycles > 0, elapsed > 0 else { throw Failure(description: "the server or its client failed") }
    return Round(
      perSecond: Double(cycles) * 1e9 / Double(elapsed), latencies: durations.map { .nanoseconds($0) },
      microseconds: 0)
  }
}

/// What one side did in one round.
struct Round {
  var perSecond: Double
  var latencies: [Duration]
  /// Processor time of one message in this process.
  var microseconds: Double
}
