import Foundation
import Measuring
import SymbiontLanguage

/// Writing a machine with 100,000 records as bytes and reading it back, beside CPython's `pickle` on the same data.
struct SnapshotWorkload {
  private let workload = Workload(name: "snapshot", expected: "100000")

  /// Measures in turns and prints one line.
  func report(rounds: Int) throws {
    guard let python = Peer.all.first(where: { $0.name == "cpython" }), python.isInstalled else { return }
    let executable = try workload.executable()
    guard let agent = executable.program.agents.first else { throw BenchmarkError("`snapshot.symbi` has no agent") }
    var machine = try Machine(executable, function: agent.function, arguments: [])
    guard case .effect = machine.run(executable, fuel: .max) else {
      throw BenchmarkError("`snapshot.symbi` did not reach its checkpoint")
    }
    var (writing, reading, peer): ([Double], [Double], [Double]) = ([], [], [])
    var byteCount = 0
    for _ in 0..<rounds {
      let start = Workload.processorSeconds
      let bytes = machine.encoded()
      let middle = Workload.processorSeconds
      var restored = try Machine(decoding: bytes, for: executable)
      let end = Workload.processorSeconds
      restored.resume(.value(.null))
      guard restored.run(executable, fuel: .max) == .completed(.int(100_000)) else {
        throw BenchmarkError("a restored machine did not go on")
      }
      writing.append(middle - start)
      reading.append(end - middle)
      byteCount = bytes.count
      peer.append(try python.run(workload))
    }
    let own = writing.median + reading.median
    try ReportLine(
      benchmark: "machine-snapshot",
      [
        "milliseconds": .number(own * 1_000), "writing_milliseconds": .number(writing.median * 1_000),
        "reading_milliseconds": .number(reading.median * 1_000), "bytes": .number(Double(byteCount)),
        "resident_bytes": .number(Double(machine.residentBytes)), "peer": .text("cpython pickle"),
        "peer_milliseconds": .number(peer.median * 1_000), "ratio": .number(peer.median / own),
        "rounds": .number(Double(rounds)),
      ]
    ).report()
  }
}
