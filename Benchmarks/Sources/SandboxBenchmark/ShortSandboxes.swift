import CMalloc
import Foundation
import Measuring
import SymbiontCore

/// Many short lives: sandboxes that are made, used once and destroyed, some at a time, and what is left of them.
struct ShortSandboxes {
  static let count = 200
  static let atOnce = 8
  /// So many are made before the first count, so that what is made once is there.
  private static let warmUp = 24
  /// Memory that the allocator keeps may grow by so much; 200 leaks of an object are smaller, and are seen in the others.
  private static let memoryTolerance = 4 << 20

  let name: String
  let stage: Stage
  /// One whole life.
  let live: @Sendable () async throws -> Void

  /// Lives all the lives and prints the rate and the differences of the counts.
  ///
  /// - Parameter peer: The same with a shell loop: its name, and what runs it and gives its time.
  func measure(peer: (name: String, run: () throws -> Duration)?) async throws {
    _ = try await run(Self.warmUp)
    malloc_trim(0)
    let (before, memoryBefore) = (stage.census(), try ResidentMemory.bytes())
    let time = try await run(Self.count)
    // What the allocator keeps for the next one is no leak.
    malloc_trim(0)
    let (after, memoryAfter) = (stage.census(), try ResidentMemory.bytes())
    var fields: [String: ReportLine.Field] = [
      "sandboxes": .number(Double(Self.count)), "at_once": .number(Double(Self.atOnce)),
      "ours_per_second": .number(Double(Self.count) / (time / .seconds(1))),
      "memory_growth_bytes": .number(Double(memoryAfter - memoryBefore)),
      "memory_before_bytes": .number(Double(memoryBefore)),
    ]
    var isClean = memoryAfter - memoryBefore <= Self.memoryTolerance
    for (old, new) in zip(before.counts, after.counts) {
      fields["leaked_\(old.name)"] = .number(Double(new.count - old.count))
      isClean = isClean && new.count <= old.count
    }
    fields["clean"] = .text(isClean ? "yes" : "no")
    if let peer {
      let theirs = try peer.run()
      fields["peer"] = .text(peer.name)
      fields["peer_per_second"] = .number(Double(Self.count) / (theirs / .seconds(1)))
      fields["ratio"] = .number(theirs / time)
    }
    try ReportLine(benchmark: name, fields).report()
  }

  private func run(_ count: Int) async throws -> Duration {
    try await ContinuousClock().measure {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<Self.atOnce {
          group.addTask {
            for _ in stride(from: worker, to: count, by: Self.atOnce) { try await live() }
          }
        }
        try await group.waitForAll()
      }
    }
  }
}
