import Foundation
import Measuring

// Agents that are created, initialized and started in memory, beside gen_servers of Erlang/OTP; rounds in turns.
//
//     swift run -c release AgentBenchmark [agents]

let agents = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20_000
let rounds = 3
/// A gen_server is started in microseconds: more of them make the same time worth measuring.
let peerFactor = 5

var ours: [AgentSide.Round] = []
var peers: [PeerSide] = []
for _ in 0..<rounds {
  ours.append(try await AgentSide.run(agents: agents))
  peers.append(try PeerSide.run(agents: agents * peerFactor))
}
let perSecond = ours.map(\.perSecond).median
let peerPerSecond = peers.map(\.perSecond).median
try ReportLine(
  benchmark: "agents-started",
  [
    "agents": .number(Double(agents)), "rounds": .number(Double(rounds)), "ours_per_second": .number(perSecond),
    "bound_per_second": .number(50_000), "bytes_per_agent": .number(ours.map(\.bytesPerAgent).median),
    "bound_bytes_per_agent": .number(4_096), "processor_us": .number(ours.map(\.microseconds).median),
    "peer": .text("erlang-gen_server"), "peer_per_second": .number(peerPerSecond),
    "peer_bytes_per_agent": .number(peers.map(\.bytesPerAgent).median),
    "ratio": .number(perSecond / peerPerSecond),
  ]
).report()
