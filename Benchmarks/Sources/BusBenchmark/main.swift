import Foundation
import Measuring
import SymbiontStore

// The message bus beside Redis Streams, and beside what its own cryptography allows; rounds in turns.
//
//     swift run -c release BusBenchmark [directory] [durable] [memory] [bursts]
//
// The directory is where the databases are made, and so the disk that is measured.

let senders = 64
let bytes = 256
let rounds = 5
let roundDuration = Duration.seconds(2)
let arguments = Array(CommandLine.arguments.dropFirst())
let parts = ["durable", "memory", "bursts"]
let place = arguments.first { !parts.contains($0) } ?? FileManager.default.temporaryDirectory.path
let chosen = arguments.filter { parts.contains($0) }

func report(_ name: String, ours: [Round], peer: String, _ peers: [Double], details: [String: Double] = [:]) throws {
  let latencies = ours.flatMap(\.latencies)
  let ratios = zip(ours, peers).map { $0.perSecond / $1 }
  try Measurement(
    benchmark: name, callers: senders, oursPerSecond: ours.map(\.perSecond).median, peer: peer,
    peerPerSecond: peers.median, p50: latencies.percentile(0.5) ?? .zero, p99: latencies.percentile(0.99) ?? .zero,
    details: details.merging([
      "rounds": Double(rounds), "median_ratio": ratios.median, "lowest_ratio": ratios.min() ?? 0,
      "highest_ratio": ratios.max() ?? 0, "ours_processor_us": ours.map(\.microseconds).median,
    ]) { $1 }
  ).report()
}

func durable() async throws {
  let directory = place + "/bus-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
  try FileManager.default.createDirectory(
    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: directory) }
  let redis = try RedisSide(directory: directory)
  let bus = try await BusSide(.disk(directory: directory + "/bus"), senders: senders, bytes: bytes, verifies: false)
  let verifying = try await BusSide(
    .disk(directory: directory + "/verifying"), senders: senders, bytes: bytes, verifies: true)
  _ = try await bus.run(burst: 1, for: roundDuration / 4)
  _ = try redis.run(senders: senders, bytes: bytes, for: roundDuration / 4)
  var (ours, oursVerifying, peers): ([Round], [Round], [Round]) = ([], [], [])
  for _ in 0..<rounds {
    ours.append(try await bus.run(burst: 1, for: roundDuration))
    peers.append(try redis.run(senders: senders, bytes: bytes, for: roundDuration))
    oursVerifying.append(try await verifying.run(burst: 1, for: roundDuration))
  }
  try await bus.close()
  try await verifying.close()
  let latencies = peers.flatMap(\.latencies)
  for (name, rounds) in [("bus-durable", ours), ("bus-durable-verifying-own-signatures", oursVerifying)] {
    try report(
      name, ours: rounds, peer: "redis-streams-appendfsync-always", peers.map(\.perSecond),
      details: [
        "peer_p50_ms": (latencies.percentile(0.5) ?? .zero) / .milliseconds(1),
        "peer_p99_ms": (latencies.percentile(0.99) ?? .zero) / .milliseconds(1),
      ])
  }
}

func memory(burst: Int, _ name: String) async throws {
  let bus = try await BusSide(.memory, senders: senders, bytes: bytes, verifies: true)
  _ = try await bus.run(burst: burst, for: roundDuration / 4)
  var (ours, limits): ([Round], [Round]) = ([], [])
  for _ in 0..<rounds {
    ours.append(try await bus.run(burst: burst, for: roundDuration))
    limits.append(try await CryptoLimit.run(bytes: bytes, for: roundDuration))
  }
  try await bus.close()
  // Where other programs share the machine, the processor time tells more than the rate.
  let (own, limit) = (ours.map(\.microseconds).median, limits.map(\.microseconds).median)
  try report(
    name, ours: ours, peer: "own-cryptography-alone", limits.map(\.perSecond),
    details: ["peer_processor_us": limit, "processor_ratio": limit / own])
}

if chosen.isEmpty || chosen.contains("durable") { try await durable() }
if chosen.isEmpty || chosen.contains("memory") { try await memory(burst: 1, "bus-memory") }
if chosen.isEmpty || chosen.contains("bursts") { try await memory(burst: 64, "bus-memory-bursts-of-64") }
