import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

/// Says whether tests that need virtual machines can run.
enum RequiredMachines {
  static let obstacle: String? = {
    guard geteuid() == 0 else { return "the tests do not run as root" }
    let configuration = MicroVMConfiguration(instance: "test")
    guard (try? QEMUToolkit.locate(configuration)) != nil else { return "QEMU is not installed (run `scripts/setup`)" }
    guard (try? MicroVMKernel()) != nil else { return "there is no kernel for microVMs (run `scripts/microvm-kernel`)" }
    return nil
  }()

  static var areHere: Bool { obstacle == nil || ProcessInfo.processInfo.environment["CI"] != nil }
}

extension Trait where Self == ConditionTrait {
  /// The suite starts virtual machines.
  static var needsMachines: Self {
    .enabled(if: RequiredMachines.areHere, "\(RequiredMachines.obstacle ?? "")")
  }
}

/// A driver of virtual machines with directories of its own.
struct MachineFixture: Sendable {
  let driver: QEMUDriver
  let directory: String

  /// Templates are shared by the tests of one run: each takes a whole start under translation.
  private static let templates = "/tmp/symbiont-templates-\(getpid())"

  /// Calls the body with a fixture and checks that nothing is left.
  static func run(sharesTemplates: Bool = true, _ body: (MachineFixture) async throws -> Void) async throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let directory = "/tmp/symbiont-\(name)"
    try #require(mkdir(directory, 0o711) == 0)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let configuration = MicroVMConfiguration(
      instance: name, stateDirectory: "\(directory)/state",
      templateDirectory: sharesTemplates ? templates : "\(directory)/templates", startTimeout: .seconds(400),
      engineTimeout: .seconds(200))
    let fixture = MachineFixture(driver: QEMUDriver(configuration), directory: directory)
    atexit { try? FileManager.default.removeItem(atPath: "/tmp/symbiont-templates-\(getpid())") }
    do {
      try await body(fixture)
    } catch {
      _ = try? await fixture.driver.reap(Array(try await fixture.driver.survivors()))
      throw error
    }
    #expect(try await fixture.driver.survivors() == [])
    let groups = CgroupGroups.names(instance: name)
    #expect(groups == [])
  }

  /// Makes a volume as the orchestrator does: a sparse file with an empty file system.
  func volume(megabytes: Int = 64) async throws -> String {
    let path = "\(directory)/volume-\(UInt32.random(in: .min ... .max))"
    let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try #require(number >= 0)
    defer { close(number) }
    try #require(ftruncate(number, megabytes * 1_048_576) == 0)
    _ = try await ProgramOutput.read("/usr/sbin/mkfs.ext4", ["-q", "-F", "-m", "0", path])
    return path
  }

  func launch(
    memory: Int = 96, processes: Int = 64, cores: Double = 1, workspace: Int = 64, volume: String? = nil,
    snapshot: String? = nil
  ) async throws -> SandboxLaunch {
    let path: String
    if let volume { path = volume } else { path = try await self.volume(megabytes: workspace) }
    return SandboxLaunch(
      sandboxID: SandboxID(), root: .machine, volume: .image(path: path, mountedAt: nil),
      limits: SandboxLimits(
        resources: ResourceLimits(memoryMegabytes: memory, cpuCores: cores), processes: processes,
        workspaceMegabytes: workspace),
      memorySnapshot: snapshot)
  }

  /// Starts a machine and makes it ready for commands, as the orchestrator does.
  func start(_ launch: SandboxLaunch) async throws -> Machine {
    let sandbox = try #require(try await driver.launch(launch) as? QEMUSandbox)
    let guest = GuestConnection(sandbox.channel)
    do {
      try await guest.greet(timeout: .seconds(120))
      try await guest.reseed(Self.identity(launch.sandboxID))
      try await guest.configure(
        GuestConfiguration(
          userID: sandbox.commandUserID, groupID: sandbox.commandUserID, machine: sandbox.guestSettings))
    } catch {
      Issue.record("console of the machine: \(sandbox.consoleText)")
      try? await sandbox.destroy()
      throw error
    }
    return Machine(sandbox: sandbox, guest: guest)
  }

  static func identity(_ sandboxID: SandboxID) -> GuestIdentity {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return GuestIdentity(
      entropy: (0..<64).map { _ in UInt8.random(in: .min ... .max) },
      timeNanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec),
      hostname: "vm-\(sandboxID.description.suffix(12))")
  }

  /// A machine that is ready for commands.
  struct Machine: Sendable {
    let sandbox: QEMUSandbox
    let guest: GuestConnection

    /// Runs a shell script in it.
    func run(_ script: String, timeout: Duration = .seconds(120)) async throws -> CommandResult {
      try await guest.run(
        ExecutionRequest(arguments: ["sh", "-c", script], timeout: timeout), input: [], outputLimit: 1_048_576)
    }

    /// What a shell script prints, without the blanks around it.
    func text(_ script: String) async throws -> String {
      let result = try await run(script)
      return (result.output + result.errors).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}

/// The control groups of an instance.
enum CgroupGroups {
  static func names(instance: String) -> Set<String> {
    var names: Set<String> = []
    for root in ["/sys/fs/cgroup/memory/symbiont", "/sys/fs/cgroup/pids/symbiont", "/sys/fs/cgroup/symbiont"] {
      let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
      names.formUnion(entries.filter { $0.hasPrefix(instance) })
    }
    return names
  }
}
