import SymbiontCore
import SymbiontResources

/// Tries each promise of the sandbox against a real container.
struct RuncProber: Sendable {
  /// What was seen of one command.
  struct Observation: Sendable {
    let result: CommandResult
    let usage: ControlGroupCounters

    /// What it printed, without the blanks around it.
    var text: String {
      String(decoding: result.standardOutput + result.standardError, as: UTF8.self)
        .split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
  }

  let driver: RuncDriver
  let workspace: String

  private static let memoryMegabytes = 32
  private static let processLimit = 8
  private static let processorShare = 0.05
  private static let busyTime = Duration.milliseconds(600)
  private static let shortTimeout = Duration.milliseconds(300)
  private static let generousTimeout = Duration.seconds(20)
  /// Far more than ``shortTimeout``, and less than a program's patience: the time in which a killed command is gone.
  private static let promptly = Duration.seconds(5)

  func check(_ guarantee: SandboxProbe.Guarantee) async -> SandboxProbe.Check {
    do throws(SandboxError) {
      return switch guarantee {
      case .unprivilegedUser: try await checkUser()
      case .memoryLimit: try await checkMemory()
      case .processorLimit: try await checkProcessor()
      case .processLimit: try await checkProcesses()
      case .readOnlyRoot: try await checkRoot()
      case .noNetwork: try await checkNetwork()
      case .timeout: try await checkTimeout()
      }
    } catch {
      return SandboxProbe.Check(
        guarantee: guarantee, holds: false, detail: error.message, hint: "see `docs/operations.md` for what runc needs")
    }
  }

  private func observe(
    _ script: String, timeout: Duration = generousTimeout, limits: ResourceLimits = ResourceLimits(),
    processLimit: Int = 64
  ) async throws(SandboxError) -> Observation {
    let observed = try await driver.observe(
      SandboxCommand(
        arguments: ["sh", "-c", script], timeout: timeout, workspace: workspace, limits: limits,
        processLimit: processLimit))
    return Observation(result: observed.result, usage: observed.usage)
  }

  private func checkUser() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe("id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status")
    let words = seen.text.split { $0 == "\t" || $0 == ";" || $0 == " " }
    let expected = [
      "1000", "CapEff:", "0000000000000000", "CapBnd:", "0000000000000000", "NoNewPrivs:", "1", "Seccomp:", "2",
    ]
    let holds = words.sorted() == expected.map { Substring($0) }.sorted()
    return SandboxProbe.Check(
      guarantee: .unprivilegedUser, holds: holds, detail: words.joined(separator: " "),
      hint: holds ? nil : "runc must be built with seccomp, and the kernel must have user namespaces")
  }

  private func checkMemory() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe(
      "tail /dev/zero", limits: ResourceLimits(memoryMegabytes: Self.memoryMegabytes))
    let holds = seen.usage.memoryKills > 0
    return SandboxProbe.Check(
      guarantee: .memoryLimit, holds: holds,
      detail: "endless memory with a limit of \(Self.memoryMegabytes) MB ended with exit code \(seen.result.exitCode)",
      hint: holds ? nil : "the memory controller of the control groups must be on")
  }

  private func checkProcessor() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe(
      "while :; do :; done", timeout: Self.busyTime, limits: ResourceLimits(cpuCores: Self.processorShare))
    let holds = seen.usage.throttledPeriods > 0
    return SandboxProbe.Check(
      guarantee: .processorLimit, holds: holds,
      detail: "a busy loop with \(Self.processorShare) cores was held back in \(seen.usage.throttledPeriods) periods",
      hint: holds ? nil : "the cpu controller of the control groups must be on, with CONFIG_CFS_BANDWIDTH")
  }

  private func checkProcesses() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; echo all", timeout: Self.promptly,
      processLimit: Self.processLimit)
    let holds = seen.usage.processRefusals > 0 && !seen.result.timedOut
    return SandboxProbe.Check(
      guarantee: .processLimit, holds: holds,
      detail: "12 processes with a limit of \(Self.processLimit): \(seen.usage.processRefusals) refused",
      hint: holds ? nil : "the pids controller of the control groups must be on")
  }

  private func checkRoot() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe(
      "for d in / /etc /usr /usr/bin /var; do touch $d/probe 2>/dev/null && echo $d; done; touch /workspace/probe /tmp/probe && echo written"
    )
    let holds = seen.text == "written"
    return SandboxProbe.Check(
      guarantee: .readOnlyRoot, holds: holds,
      detail: holds ? "only the workspace and `/tmp` could be written" : "could be written: \(seen.text)",
      hint: holds ? nil : "report this: the sandbox of this machine is not safe")
  }

  private func checkNetwork() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe("grep -c : /proc/net/dev; grep -c lo: /proc/net/dev; wc -l < /proc/net/route")
    let holds = seen.text == "1; 1; 1"
    return SandboxProbe.Check(
      guarantee: .noNetwork, holds: holds,
      detail: holds ? "there is only the loopback interface, and no route" : "interfaces and routes: \(seen.text)",
      hint: holds ? nil : "the kernel must have network namespaces")
  }

  private func checkTimeout() async throws(SandboxError) -> SandboxProbe.Check {
    let seen = try await observe("setsid sleep 60 & sleep 60", timeout: Self.shortTimeout)
    let holds = seen.result.timedOut && seen.result.elapsed < Self.promptly
    return SandboxProbe.Check(
      guarantee: .timeout, holds: holds,
      detail: "a command with a timeout of \(Self.shortTimeout) ended after \(seen.result.elapsed)",
      hint: holds ? nil : "report this: commands of this machine do not end")
  }
}
