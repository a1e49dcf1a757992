import SymbiontCore

/// Goes beyond the limits of a sandbox of one engine, as far as they can be exceeded without a network.
struct LimitTrial: Sendable {
  let orchestrator: DefaultSandboxOrchestrator
  let engine: SandboxEngine

  private static let memoryMegabytes = 64
  private static let workspaceMegabytes = 16
  private static let processes = 16
  private static let cores = 1.0
  /// So little that a busy loop reaches it on a busy machine as well; a virtual machine must still be able to answer.
  private var scarceCores: Double { engine.tier == .tier3 ? 0.2 : 0.03 }
  /// How many times the limit a command asks for.
  private static let excess = 2
  private static let spinningTime = Duration.milliseconds(800)
  private static let patience = Duration.seconds(60)
  private static let outputLimit = 65_536
  /// The guest program itself, whatever the root file system is.
  private static let program = "/proc/self/exe"

  /// Starts a sandbox with limits that are quickly reached.
  func start() async throws(SandboxError) -> SandboxID {
    let config = SandboxConfig(
      agentID: AgentID(), securityTier: engine.tier,
      resourceLimits: Self.resources(cores: Self.cores),
      filesystemConfig: FilesystemConfig(workspaceMegabytes: Self.workspaceMegabytes))
    let options = SandboxOptions(engine: engine, processes: Self.processes, allowsUnenforcedLimits: true)
    let sandboxID = try await orchestrator.createSandbox(config, options)
    do throws(SandboxError) { try await orchestrator.startSandbox(sandboxID) } catch {
      try? await orchestrator.destroySandbox(sandboxID)
      throw error
    }
    return sandboxID
  }

  private static func resources(cores: Double) -> ResourceLimits {
    ResourceLimits(memoryMegabytes: memoryMegabytes, cpuCores: cores)
  }

  /// Exceeds one limit after the other; memory comes last, for some engines end with it.
  func exceedLimits(of sandboxID: SandboxID) async -> [EngineCheckup.LimitCheck] {
    var checks = [await exceedProcessorTime(of: sandboxID)]
    checks.append(
      await exceed("pids", limit: Self.processes, unit: "processes", by: "--probe-processes", in: sandboxID))
    checks.append(
      await exceed(
        "workspace_mb", limit: Self.workspaceMegabytes, unit: "MB", by: "--probe-workspace", in: sandboxID))
    checks.append(
      await exceed("memory_mb", limit: Self.memoryMegabytes, unit: "MB", by: "--probe-memory", in: sandboxID))
    return checks
  }

  private func exceedProcessorTime(of sandboxID: SandboxID) async -> EngineCheckup.LimitCheck {
    var check = EngineCheckup.LimitCheck(limit: "cpu_cores", state: .failed, detail: "")
    do throws(SandboxError) {
      try await orchestrator.updateLimits(sandboxID, Self.resources(cores: scarceCores))
      let before = try await orchestrator.usage(sandboxID)
      let request = ExecutionRequest(arguments: [Self.program, "--probe-spin"], timeout: Self.spinningTime)
      let result = try await orchestrator.run(sandboxID, request, outputLimit: Self.outputLimit)
      let periods = try await orchestrator.usage(sandboxID).throttledPeriods - before.throttledPeriods
      try await orchestrator.updateLimits(sandboxID, Self.resources(cores: Self.cores))
      // What is slow to end its commands itself is told to.
      if periods > 0, result.timedOut || result.signal != nil { check.state = .held }
      check.detail = "a busy loop with \(scarceCores) cores was held back in \(periods) periods"
    } catch { check.detail = "a busy loop could not be run: \(error.message)" }
    return check
  }

  /// Runs a command that asks for more than a limit and prints how far it came.
  private func exceed(
    _ name: String, limit: Int, unit: String, by option: String, in sandboxID: SandboxID
  ) async -> EngineCheckup.LimitCheck {
    let wanted = limit * Self.excess
    let request = ExecutionRequest(arguments: [Self.program, "\(option)=\(wanted)"], timeout: Self.patience)
    var printed: [UInt8] = []
    var ending = "ended with its sandbox"
    var endedWell = false
    do throws(SandboxError) {
      let process = try await orchestrator.open(sandboxID, request)
      for try await piece in process.output where printed.count < Self.outputLimit { printed += piece.bytes }
      let status = try await process.ending()
      endedWell = status.exitCode == 0 || status.timedOut
      ending = "ended with code \(status.exitCode)"
    } catch {
      // That the sandbox ends with it is one way to hold it.
      if printed.isEmpty { ending = "could not be run: \(error.message)" }
    }
    let last = String(decoding: printed, as: UTF8.self).split(separator: "\n").last.flatMap { Int($0) }
    guard let last else {
      return EngineCheckup.LimitCheck(limit: name, state: .failed, detail: "what was to exceed it \(ending)")
    }
    return EngineCheckup.LimitCheck(
      limit: name, state: last <= limit && !endedWell ? .held : .failed,
      detail: "with a limit of \(limit) \(unit) a command that wanted \(wanted) came to \(last) and \(ending)")
  }
}
