import Foundation
import Logging
import Measuring
import SymbiontCore
import SymbiontRuntime

// Memory of waiting agents: resident with their machines, and hibernated; then all of them are woken.
//
//     swift run -c release DensityBenchmark [directory [agents]]
//
// What is counted is the resident memory of this process (`Rss`) minus its resident memory before the agents came, when
// the store was open and a first population had come, waited, answered and gone, so that caches had their size. The
// identifiers that the benchmark itself keeps are allocated before. Pages that the kernel caches for files do not count.

let arguments = CommandLine.arguments.dropFirst()
let place = arguments.first ?? FileManager.default.temporaryDirectory.path
let agents = arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000
let warmUp = max(1, agents / 20)
let directory = "\(place)/density-benchmark-\(UUID().uuidString)"
try FileManager.default.createDirectory(
  atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
defer { try? FileManager.default.removeItem(atPath: directory) }

let census = Census()
var configuration = RuntimeConfiguration(
  dataDirectory: "\(directory)/data", logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
configuration.sandbox = nil
configuration.lifecycle.maxAgents = agents + warmUp + 1
configuration.maximumResidentExecutions = agents + 1
configuration.observer = { event in census.see(event) }
let runtime = try await Runtime.open(configuration)
let running = Task { try await runtime.run() }
let population = Population(runtime: runtime, census: census)

let first = (0..<warmUp).map { _ in AgentID() }
try await population.wake(first, try await population.settle(first))
runtime.hibernate()
let ids = (0..<agents).map { _ in AgentID() }
var executions = (0..<agents).map { _ in ExecutionID() }
let baseline = try ResidentMemory.bytes()

let clock = ContinuousClock()
let created = try await clock.measure { executions = try await population.settle(ids) }
let resident = try ResidentMemory.bytes()
runtime.hibernate()
let hibernated = try ResidentMemory.bytes()
let woken = try await clock.measure { try await population.wake(ids, executions) }
await runtime.shutdown()
try await running.value

let peer = try PeerSide.run(agents: agents)
for (state, bytes, bound) in [("resident", resident, 4_096.0), ("hibernated", hibernated, 256.0)] {
  var fields: [String: ReportLine.Field] = [
    "agents": .number(Double(agents)), "state": .text(state),
    "bytes_per_agent": .number(Double(bytes - baseline) / Double(agents)), "bound_bytes_per_agent": .number(bound),
    "baseline_bytes": .number(Double(baseline)),
    "created_per_second": .number(Double(agents) / (created / .seconds(1))),
    "woken_per_second": .number(Double(agents) / (woken / .seconds(1))), "answered": .number(Double(agents)),
  ]
  if let peer {
    fields["peer"] = .text("cpython-asyncio-in-memory")
    fields["peer_bytes_per_agent"] = .number(peer.bytesPerAgent)
  }
  try ReportLine(benchmark: "waiting-agents", fields).report()
}
