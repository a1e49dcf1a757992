import Foundation
import Glibc
import Logging
import Measuring
import SymbiontCore
import SymbiontSandbox

/// Tiers 1 and 2: sandboxes of a driver beside the command line of its own engine, on the same bundle.
struct ContainerTier {
  /// What is promised of a tier.
  struct Bars {
    var cold: Comparison.Bar
    /// A program run by the guest's channel.
    var execute: Comparison.Bar
    /// The same by the orchestrator.
    var orchestrated: Comparison.Bar
  }

  let driver: any SandboxDriver
  let command: EngineCommand
  let stage: Stage
  let bars: Bars
  let logger: Logger

  private let clock = ContinuousClock()
  /// How long nothing happens before a cold start: longer than a move of a process between control groups quickens those
  /// that follow.
  private static let rest = Duration.milliseconds(60)

  private var engine: String { driver.engine.rawValue }

  /// A bundle equal to that of a sandbox which is made for this and stays, because its files are in the mounts.
  private func withPeer(_ arguments: [String], _ body: (PeerBundle, LiveSandbox) async throws -> Void) async throws {
    let launch = try stage.launch()
    let sandbox = try await LiveSandbox(driver, launch)
    do {
      let bundle = try peer(of: launch, name: "\(engine)-peer-\(getpid())", running: arguments)
      try await body(bundle, sandbox)
      try await sandbox.destroy()
      try stage.forget(launch)
      try FileManager.default.removeItem(atPath: bundle.path)
    } catch {
      try? await sandbox.destroy()
      throw error
    }
  }

  /// Writes the bundle of the only sandbox that runs for the engine's own command line.
  func peer(of launch: SandboxLaunch, name: String, running arguments: [String]) throws -> PeerBundle {
    try PeerBundle(
      copyOf: try PeerBundle.ofOnlySandbox(below: stage.stateDirectory), of: launch, in: stage.peerDirectory,
      name: name,
      running: arguments,
      sources: ["/workspace": try stage.workspace(of: launch), "/.symbiont/guest": stage.guestPath])
  }

  /// From nothing to the first byte of a program's output.
  func coldStart(rounds: Int) async throws {
    var comparison = Comparison("tier\(driver.engine.tier.rawValue)-cold-start", peer: "\(engine) run", bar: bars.cold)
    try await withPeer(Program.echo) { bundle, _ in
      try await comparison.measure(rounds: rounds, rest: Self.rest) {
        let launch = try stage.launch()
        let start = clock.now
        let sandbox = try await LiveSandbox(driver, launch)
        let process = try await sandbox.firstByte(of: Program.echo)
        let time = clock.now - start
        _ = try await process.ending()
        try await sandbox.destroy()
        try stage.forget(launch)
        return time
      } peer: {
        let start = clock.now
        let program = try ForkedProgram(command.run(bundle))
        try program.firstByte()
        let time = clock.now - start
        try program.finish()
        return time
      }
    }
    comparison.details["ours"] = .text("launch, greet and execute by the driver")
    try comparison.report()
  }

  /// A program in a sandbox that runs, from the call to its end.
  func execution(rounds: Int) async throws {
    let name = "tier\(driver.engine.tier.rawValue)-exec"
    var channel = Comparison("\(name)-channel", peer: "\(engine) exec", bar: bars.execute)
    var orchestrated = Comparison("\(name)-orchestrated", peer: "\(engine) exec", bar: bars.orchestrated)
    try await withPeer(Program.sleeper) { bundle, sandbox in
      try ForkedProgram(command.detach(bundle)).detach()
      do {
        let peer = { try clock.measure { try ForkedProgram.run(command.execute(Program.echo, in: bundle)) } }
        try await channel.measure(rounds: rounds) {
          try await clock.measure { try await sandbox.run(Program.echo) }
        } peer: {
          try peer()
        }
        try await OrchestratedTier.with(driver, on: stage, name: name, logger: logger) { tier in
          let sandboxID = try await tier.start()
          try await orchestrated.measure(rounds: rounds) {
            try await clock.measure { try await tier.run(Program.echo, in: sandboxID) }
          } peer: {
            try peer()
          }
        }
      } catch {
        try? ForkedProgram.runCollectingOrphans(command.delete(bundle))
        throw error
      }
      try ForkedProgram.runCollectingOrphans(command.delete(bundle))
    }
    try channel.report()
    try orchestrated.report()
  }
}

extension ContainerTier {
  /// Many short lives, eight at a time, beside a shell that does as many with the engine's command line.
  func shortLives() async throws {
    let launch = try stage.launch()
    let sandbox = try await LiveSandbox(driver, launch)
    let bundles = try (0..<ShortSandboxes.count).map { number in
      try peer(of: launch, name: "\(engine)-\(getpid())-\(number)", running: Program.echo)
    }
    let loop = ShellLoop(command: command, bundles: bundles, atOnce: ShortSandboxes.atOnce)
    let lives = ShortSandboxes(
      name: "tier\(driver.engine.tier.rawValue)-short-sandboxes", stage: stage
    ) { [driver, stage] in
      let launch = try stage.launch()
      let sandbox = try await LiveSandbox(driver, launch)
      try await sandbox.run(Program.echo)
      try await sandbox.destroy()
      try stage.forget(launch)
    }
    try await lives.measure(peer: ("\(engine) run in a shell, \(ShortSandboxes.atOnce) at a time", loop.run))
    try await sandbox.destroy()
    try stage.forget(launch)
    for bundle in bundles { try FileManager.default.removeItem(atPath: bundle.path) }
  }
}
