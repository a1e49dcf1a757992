import Foundation
import Measuring
import SymbiontStore

/// Tasks per second, ours and the peers' in turns.
struct ThroughputComparison {
  private static let tasks = 100_000
  private static let callers = 2_000
  private static let peers: [(name: String, script: String, tasks: Int, server: String?)] = [
    ("dramatiq on redis", "dramatiq_tasks.py", 5_000, "redis-server"), ("dbos on sqlite", "dbos_tasks.py", 200, nil),
  ]

  let place: String
  let rounds: Int

  func report() async throws {
    let side = ThroughputSide(tasks: Self.tasks, callers: Self.callers)
    var memory: [ThroughputSide.Round] = []
    var disk: [ThroughputSide.Round] = []
    var theirs: [String: [PeerSide]] = [:]
    for _ in 0..<rounds {
      memory.append(try await side.run { .memory })
      disk.append(
        try await withDirectory(in: place) { directory in
          var number = 0
          return try await side.run {
            number += 1
            return .disk(directory: "\(directory)/data\(number)")
          }
        })
      for peer in Self.peers where PeerSide.isAvailable && (peer.server.map(PeerSide.isInstalled) ?? true) {
        let directory = "\(place)/scheduler-peer-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        theirs[peer.name, default: []].append(
          try PeerSide.run(peer.script, ["--tasks", "\(peer.tasks)", "--directory", directory]))
      }
    }
    try ReportLine(benchmark: "scheduler-memory", fields(memory)).report()
    let ours = disk.map(\.both).median
    if theirs.isEmpty { try ReportLine(benchmark: "scheduler-durable", fields(disk)).report() }
    for (name, results) in theirs.sorted(by: { $0.key < $1.key }) {
      let rate = results.map(\.perSecond).median
      var line = fields(disk)
      let taken = results.compactMap(\.takenPerSecond)
      let carriedOut = results.compactMap(\.carriedOutPerSecond)
      if !taken.isEmpty, !carriedOut.isEmpty {
        line["peer_taken_per_second"] = .number(taken.median)
        line["peer_carried_out_per_second"] = .number(carriedOut.median)
        line["taken_ratio"] = .number(disk.map(\.taking).median / taken.median)
        line["carried_out_ratio"] = .number(disk.map(\.carryingOut).median / carriedOut.median)
      }
      try ReportLine(
        benchmark: "scheduler-durable",
        line.merging([
          "peer": .text(name), "peer_per_second": .number(rate), "ratio": .number(ours / rate),
          "peer_tasks": .number(Double(results.first?.tasks ?? 0)),
          "peer_durability": .text(results.first?.durability ?? ""),
        ]) { $1 }
      ).report()
    }
  }

  private func fields(_ rounds: [ThroughputSide.Round]) -> [String: ReportLine.Field] {
    [
      "tasks": .number(Double(Self.tasks)), "callers": .number(Double(Self.callers)),
      "rounds": .number(Double(rounds.count)), "taken_per_second": .number(rounds.map(\.taking).median.rounded()),
      "carried_out_per_second": .number(rounds.map(\.carryingOut).median.rounded()),
      "ours_per_second": .number(rounds.map(\.both).median.rounded()),
      "processor_us_per_task": .number(rounds.map(\.processorMicroseconds).median),
      "ours_slowest": .number((rounds.map(\.both).min() ?? 0).rounded()),
      "ours_fastest": .number((rounds.map(\.both).max() ?? 0).rounded()),
    ]
  }
}
