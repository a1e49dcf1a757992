import Foundation
import Measuring

// Durable effects a second, end to end, beside two Python peers; rounds in turns on the same disk.
//
//     swift run -c release EffectBenchmark [directory [rounds]]
//
// The directory is where the databases are made, and so the disk that is measured. Peers run when `Benchmarks/peers/setup`
// was run before. They are given fewer effects, because they need longer for each; rates are compared.

let executions = 64
let effects = 1_000
let peerEffects = 20
let arguments = CommandLine.arguments.dropFirst()
let place = arguments.first ?? FileManager.default.temporaryDirectory.path
let rounds = arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../peers")
  .standardizedFileURL.path
let scripts = ["langgraph": "langgraph_effects.py", "dbos": "dbos_effects.py"]
let hasPeers = FileManager.default.isExecutableFile(atPath: "\(peers)/.venv/bin/python")
if !hasPeers { FileHandle.standardError.write(Data("no peers: run `Benchmarks/peers/setup` first\n".utf8)) }

/// A new directory for one round of one side, removed afterwards.
func withDirectory<T>(_ body: (String) async throws -> T) async throws -> T {
  let directory = "\(place)/effect-benchmark-\(UUID().uuidString)"
  try FileManager.default.createDirectory(
    atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: directory) }
  return try await body(directory)
}

let side = EffectSide(executions: executions, effects: effects)
var ours: [Double] = []
var syncs: [Double] = []
var theirs: [String: [PeerSide]] = [:]
for _ in 0..<rounds {
  syncs += try await withDirectory { try Disk.syncs(in: $0) }
  ours.append(try await withDirectory { try await side.run(in: $0 + "/data") }.perSecond)
  for (name, script) in scripts where hasPeers {
    theirs[name, default: []].append(
      try await withDirectory {
        try PeerSide.run(script, of: peers, executions: executions, effects: peerEffects, in: $0)
      })
  }
}

let common: [String: ReportLine.Field] = [
  "executions": .number(Double(executions)), "effects_per_execution": .number(Double(effects)),
  "rounds": .number(Double(rounds)), "ours_per_second": .number(ours.median.rounded()),
  "ours_slowest": .number((ours.min() ?? 0).rounded()), "ours_fastest": .number((ours.max() ?? 0).rounded()),
  "durability": .text("journal_mode=wal synchronous=2, one commit for many effects"),
  "disk_sync_us_p50": .number(syncs.median), "disk_sync_us_p99": .number(syncs.percentile(0.99) ?? 0),
]
if theirs.isEmpty { try ReportLine(benchmark: "durable-effects", common).report() }
for (name, results) in theirs.sorted(by: { $0.key < $1.key }) {
  let rate = results.map(\.perSecond).median
  try ReportLine(
    benchmark: "durable-effects",
    common.merging([
      "peer": .text(name), "peer_per_second": .number(rate), "ratio": .number(ours.median / rate),
      "peer_effects_per_execution": .number(Double(peerEffects)),
      "peer_durability": .text(results.first?.durability ?? ""),
    ]) { $1 }
  ).report()
}
