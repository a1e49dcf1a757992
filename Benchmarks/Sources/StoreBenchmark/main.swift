import Foundation
import Measuring

// Group commit against a plain C loop: rounds in turns, each side on a new database for each number of callers.
//
//     swift run -c release StoreBenchmark [directory] [callers …]
//
// The directory is where the databases are made, and so the disk that is measured.

let rounds = 7
let roundDuration = Duration.milliseconds(1_000)
let arguments = CommandLine.arguments.dropFirst()
let place = arguments.first ?? FileManager.default.temporaryDirectory.path
let chosen = arguments.dropFirst().compactMap { Int($0) }

for callers in chosen.isEmpty ? [1, 8, 64, 512] : chosen {
  let directory = place + "/store-benchmark-\(ProcessInfo.processInfo.processIdentifier)-\(callers)"
  try FileManager.default.createDirectory(
    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: directory) }
  let ours = try await StoreSide(directory: directory + "/store")
  let peer = try PeerSide.open(directory: directory)
  _ = try await ours.run(callers: callers, for: roundDuration / 4)
  var results: [StoreSide.Round] = []
  var sameBatch: [(perSecond: Double, microseconds: Double)] = []
  var fullBatch: [(perSecond: Double, microseconds: Double)] = []
  for _ in 0..<rounds {
    let round = try await ours.run(callers: callers, for: roundDuration)
    results.append(round)
    sameBatch.append(try peer.run(batch: max(1, Int(round.meanBatch.rounded())), for: roundDuration))
    fullBatch.append(try peer.run(batch: callers, for: roundDuration))
  }
  await ours.close()
  let latencies = results.flatMap(\.latencies)
  for (name, peerResults) in [("c-sqlite", sameBatch), ("c-sqlite-full-batch", fullBatch)] {
    try Measurement(
      benchmark: "store-group-commit", callers: callers, oursPerSecond: results.map(\.perSecond).median, peer: name,
      peerPerSecond: peerResults.map(\.perSecond).median, p50: latencies.percentile(0.5) ?? .zero,
      p99: latencies.percentile(0.99) ?? .zero,
      details: [
        "mean_batch": results.map(\.meanBatch).median.rounded(), "rounds": Double(rounds),
        "ours_processor_us": results.map(\.microseconds).median.rounded(),
        "peer_processor_us": peerResults.map(\.microseconds).median.rounded(),
      ]
    ).report()
  }
}
