import Foundation
import Glibc
import SymbiontCore
import SymbiontSandbox
import SymbiontTesting
import Testing

@testable import SymbiontCommands

@Suite("An owner of sandboxes that is killed", .needsRunc, .serialized, .timeLimit(.minutes(30)))
struct KillSweepTests {
  /// How many moments are tried; `make kill-sweep` tries fifty.
  static let moments = ProcessInfo.processInfo.environment["SYMBIONT_KILL_SWEEP"].flatMap { Int($0) } ?? 6

  /// Ten sandboxes of both tiers, some with a network.
  static let containers =
    [.runc, .runc, .runc].map { SweptSandboxes.Kind(engine: $0, hasNetwork: true) }
    + [.runc, .runc, .runc, .runc].map { SweptSandboxes.Kind(engine: $0) }
    + [SweptSandboxes.Kind(engine: .runsc, hasNetwork: true)]
    + [.runsc, .runsc].map { SweptSandboxes.Kind(engine: $0) }

  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  @Test(
    "at any moment, with ten containers alive, leaves nothing after the next start, which says what it removed",
    .enabled(if: SandboxTierTests.tiers.contains(2), "runsc is not installed: run `scripts/setup`"))
  func containers() async throws {
    try await sweep(Self.containers, moments: Self.moments)
  }

  @Test(
    "at any moment, with a virtual machine besides, leaves nothing after the next start, which says what it removed",
    .enabled(
      if: SandboxTierTests.tiers.contains(2) && SandboxTierTests.tiers.contains(3),
      "runsc, QEMU or its kernel are not installed: run `scripts/setup`"))
  func machines() async throws {
    try await sweep(Self.containers + [SweptSandboxes.Kind(engine: .qemu)], moments: max(1, Self.moments / 10))
  }

  private var state: String { "\(directory.path)/state" }

  private func sweep(_ kinds: [SweptSandboxes.Kind], moments: Int) async throws {
    let random = SeededRandom.forTest()
    print("kill sweep: \(random)")
    let times = try await fillTwice(kinds)
    let baseline = try await settledInPeace()
    try #require(baseline.objects.allSatisfy { $0.hasPrefix("file: ") }, "\(baseline.objects.sorted())")
    var reaped = 0
    for moment in 0..<moments {
      var choice = random.branch(moment)
      // One half dies while the sandboxes are being made, some of these the first time; the other while all are used,
      // destroyed and made again.
      let isFull = moment.isMultiple(of: 2)
      let isFirst = moment % 4 == 1
      if isFirst { removeTemplates() }
      let limit = isFull ? min(times.second, .seconds(2)) : isFirst ? times.first : times.second
      let delay = Duration.milliseconds(Int.random(in: 0...Int(limit / .milliseconds(1)), using: &choice))
      let round = Round(baseline: baseline, comment: "moment \(moment) of \(random), \(delay), full: \(isFull)")
      let sandboxes = SweptSandboxes(state, kinds)
      reaped += try await kill(sandboxes, after: delay, isFull: isFull, seed: choice.next(), round)
    }
    #expect(reaped > 0, "nothing was alive at any moment")
  }

  private struct Round {
    var baseline: InstanceCensus
    var comment: String
  }

  /// What is made once: the empty volumes and the states of virtual machines.
  private func removeTemplates() {
    for path in ["\(state)/sandboxes/templates", "/run/symbiont/\(DataInstance.name(of: state))/microvm/templates"] {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Makes all sandboxes and ends the owner in peace, twice; the times until all were alive.
  ///
  /// The first time differs: empty volumes and the states of virtual machines are made.
  private func fillTwice(_ kinds: [SweptSandboxes.Kind]) async throws -> (first: Duration, second: Duration) {
    var times: [Duration] = []
    for _ in 0..<2 {
      let owner = try await startOwner()
      let sandboxes = SweptSandboxes(state, kinds)
      let start = ContinuousClock.now
      async let lives: Void = sandboxes.run(seed: 0)
      await sandboxes.waitUntilFull()
      times.append(ContinuousClock.now - start)
      // What is under way is refused after this.
      let problems = sandboxes.problems
      Glibc.kill(owner.identifier, SIGTERM)
      let finished = try await owner.finished()
      await lives
      try #require(finished.status == 0 && problems == [], "\(finished.errors) \(problems)")
    }
    return (times[0], times[1])
  }

  private func startOwner() async throws -> RunningSymbi {
    let owner = try RunningSymbi([Symbi.executable, "sandbox", "host", "--data", "state"], in: directory)
    try await owner.waitForOutput(containing: "ready\n")
    return owner
  }

  /// One round: the number of sandboxes of which something was left.
  private func kill(
    _ sandboxes: SweptSandboxes, after delay: Duration, isFull: Bool, seed: UInt64, _ round: Round
  ) async throws -> Int {
    let owner = try await startOwner()
    async let lives: Void = sandboxes.run(seed: seed)
    if isFull { await sandboxes.waitUntilFull() } else { try await sandboxes.waitUntilBegun() }
    // The moment is any, so nothing but the time can tell it.
    try await Task.sleep(for: delay)
    let alive = sandboxes.alive
    Glibc.kill(owner.identifier, SIGKILL)
    _ = try await owner.finished()
    // Those that were destroyed in between may be gone.
    let certain = alive.intersection(sandboxes.alive)
    await lives
    #expect(sandboxes.problems == [], "\(round.comment)")
    let start = try await RunningSymbi(
      [Symbi.executable, "sandbox", "list", "--data", "state", "--json"], in: directory
    ).finished()
    #expect(start.status == 0 && start.output.filter { !$0.isWhitespace } == "[]", "\(round.comment): \(start.output)")
    #expect(!start.errors.contains("could not be removed"), "\(round.comment): \(start.errors)")
    for id in certain { #expect(start.errors.contains("\(id): "), "\(round.comment): \(start.errors)") }
    let after = try await settled(round.baseline)
    #expect(after.subtracting(round.baseline) == [], "\(round.comment): \(start.errors)")
    print("\(round.comment): \(certain.count) surely alive; \(start.errors.split(separator: "\n").first ?? "nothing")")
    return certain.count
  }

  /// The same after an end in peace, when only files may be there.
  private func settledInPeace() async throws -> InstanceCensus {
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while true {
      let census = try await InstanceCensus(state)
      let isSettled = census.objects.allSatisfy { $0.hasPrefix("file: ") }
      if isSettled || ContinuousClock.now > deadline { return census }
    }
  }

  /// What is there when what ends by itself has ended.
  ///
  /// The kernel takes a mount namespace apart on its own time after its last process, and frees a loop device only then.
  /// The guard of the command that was the next start ends a moment after it.
  private func settled(_ baseline: InstanceCensus) async throws -> InstanceCensus {
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while true {
      let census = try await InstanceCensus(state)
      let isSettled = census.subtracting(baseline).allSatisfy {
        !$0.hasPrefix("loop device: ") && !($0.hasPrefix("process: ") && $0.contains("sh -c trap"))
      }
      if isSettled || ContinuousClock.now > deadline { return census }
    }
  }
}
