import FoundationEssentials
import Glibc
public import Logging
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// Runs each sandbox in a virtual machine of its own (tier 3): a kernel of its own, which QEMU runs as a user without
/// rights, in control groups, without a file of the machine but those that the sandbox is made of.
///
/// The first machine of a kind is started anew; its state is kept, and the next ones go on from it, with entropy, time
/// and a name of their own.
public final class QEMUDriver: SandboxDriver {
  /// How machines are made.
  public let configuration: MicroVMConfiguration
  let logger: Logger
  private let preparation: Preparation
  let templates: MachineTemplates

  /// Makes a driver; nothing is looked for or written before it is used.
  public init(_ configuration: MicroVMConfiguration, logger: Logger = Logger(label: "symbiont.sandbox.qemu")) {
    self.configuration = configuration
    self.logger = logger
    preparation = Preparation(configuration, logger: logger)
    templates = MachineTemplates(configuration, logger: logger)
  }

  /// QEMU.
  public var engine: SandboxEngine { .qemu }

  /// Whether this process has not used the engine yet, so that what is half made is of a dead one.
  var isUnused: Bool { get async { await preparation.isIdle } }

  /// The programs, the directories and the accelerator, made ready on first use.
  func prepared() async throws(SandboxError) -> Prepared {
    try await preparation.value()
  }
}

extension QEMUDriver {
  /// What must be there before a machine can be made.
  struct Prepared: Sendable {
    let toolkit: QEMUToolkit
    let accelerator: MachineShape.Accelerator
    /// Kills the machines should the runtime die; nil when it could not be started.
    var orphanGuard: OrphanGuard?
  }

  /// Makes it once for all callers, and again only after a failure.
  private actor Preparation {
    private let configuration: MicroVMConfiguration
    private let logger: Logger
    private var current: Task<Result<Prepared, SandboxError>, Never>?

    init(_ configuration: MicroVMConfiguration, logger: Logger) {
      self.configuration = configuration
      self.logger = logger
    }

    /// Whether nothing was made ready yet.
    var isIdle: Bool { current == nil }

    func value() async throws(SandboxError) -> Prepared {
      let task = current ?? Task { [configuration, logger] in await Self.make(configuration, logger) }
      current = task
      let result = await task.value
      if case .failure = result, current == task { current = nil }
      return try result.get()
    }

    private static func make(
      _ configuration: MicroVMConfiguration, _ logger: Logger
    ) async -> Result<Prepared, SandboxError> {
      do throws(SandboxError) {
        let toolkit = try await QEMUToolkit(configuration)
        var orphanGuard: OrphanGuard?
        do throws(SandboxError) {
          orphanGuard = try await OrphanGuards.shared.guarding(toolkit.cgroups, instance: configuration.instance)
        } catch {
          // The reaping of the next start does the same, only later.
          logger.warning("\(error.message)")
        }
        let accelerator = await MachineTemplates.accelerator(toolkit, configuration, logger: logger)
        return .success(Prepared(toolkit: toolkit, accelerator: accelerator, orphanGuard: orphanGuard))
      } catch {
        return .failure(error)
      }
    }
  }
}
