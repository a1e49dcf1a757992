import Foundation
import Measuring
import SymbiontLanguage

// The machine beside CPython and Lua on the same algorithms. All of them run in turn within each round, so that they see
// the same machine; the medians of their processor times are compared. Starting and compiling is not counted for anyone.
// Arguments: how many rounds, and which workload alone.

let arguments = Array(CommandLine.arguments.dropFirst())
let rounds = arguments.first.flatMap(Int.init) ?? 9
let peers = Peer.all.filter(\.isInstalled)

for workload in Workload.all where arguments.count < 2 || arguments[1] == workload.name {
  let executable = try workload.executable()
  var own: [Double] = []
  var others = [[Double]](repeating: [], count: peers.count)
  for _ in 0..<rounds {
    own.append(try workload.run(executable))
    for (index, peer) in peers.enumerated() { others[index].append(try peer.run(workload)) }
  }
  for (peer, seconds) in zip(peers, others) {
    try ReportLine(
      benchmark: "machine-\(workload.name)",
      [
        "milliseconds": .number(own.median * 1_000), "peer": .text(peer.name),
        "peer_milliseconds": .number(seconds.median * 1_000), "ratio": .number(seconds.median / own.median),
        "rounds": .number(Double(rounds)),
      ]
    ).report()
  }
}

if arguments.count < 2 || arguments[1] == "snapshot" { try SnapshotWorkload().report(rounds: rounds) }
