import Foundation
import Measuring

// Errors that are counted, decided and kept, in memory and on the disk, beside a plain loop over SQLite with batches as
// large as ours; rounds in turns.
//
//     swift run -c release RecoveryBenchmark [directory]
//
// The directory is where the databases are made, and so the disk that is measured.

let callers = 64
let rounds = 7
let roundDuration = Duration.seconds(1)
let place = CommandLine.arguments.dropFirst().first ?? FileManager.default.temporaryDirectory.path

let directory = place + "/recovery-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
try FileManager.default.createDirectory(
  atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
defer { try? FileManager.default.removeItem(atPath: directory) }

for (name, home) in [("recovery-memory", nil), ("recovery-durable", directory)] as [(String, String?)] {
  let ours = try await HandlerSide(directory: home.map { $0 + "/store" })
  let peer = try PeerSide.open(directory: home)
  _ = try await ours.run(callers: callers, for: roundDuration / 4)
  var results: [HandlerSide.Round] = []
  var peerResults: [Double] = []
  for _ in 0..<rounds {
    let round = try await ours.run(callers: callers, for: roundDuration)
    results.append(round)
    peerResults.append(try peer.run(batch: max(1, Int(round.meanBatch.rounded())), for: roundDuration))
  }
  let admissions = try await ours.admissions(for: roundDuration / 4)
  await ours.close()
  let latencies = results.flatMap(\.latencies)
  try Measurement(
    benchmark: name, callers: callers, oursPerSecond: results.map(\.perSecond).median, peer: "c-sqlite",
    peerPerSecond: peerResults.median, p50: latencies.percentile(0.5) ?? .zero,
    p99: latencies.percentile(0.99) ?? .zero,
    details: [
      "mean_batch": results.map(\.meanBatch).median.rounded(), "rounds": Double(rounds),
      "processor_us": results.map(\.microseconds).median.rounded(), "admissions_per_second": admissions.rounded(),
    ]
  ).report()
}
