public import Logging
import SymbiontCore
import SymbiontResources

/// Runs each command in a fresh container of runc (tier 1): namespaces of its own, no network, no capabilities, a filter
/// for system calls, a read-only system, and limits by control groups.
///
/// It needs the rights of the administrator, to make control groups and to map user ids. The commands have none of them:
/// they run as a user that owns nothing on the machine but the agent's workspace.
///
/// There must be one driver of an instance at a time. When it goes, with its process or by itself, the containers that
/// are still running are killed.
public final class RuncDriver: CommandSandbox {
  /// How containers are made.
  public let configuration: RuncConfiguration
  let logger: Logger
  private let preparation: Preparation

  /// Makes a driver; nothing is looked for or written before it is used.
  public init(_ configuration: RuncConfiguration, logger: Logger = Logger(label: "symbiont.sandbox.runc")) {
    self.configuration = configuration
    self.logger = logger
    preparation = Preparation(configuration, logger: logger)
  }

  /// The engine and the directories, made ready on first use.
  func prepared() async throws(SandboxError) -> Prepared {
    try await preparation.value()
  }
}

extension RuncDriver {
  /// What must be there before a container can be made.
  struct Prepared: Sendable {
    let engine: RuncEngine
    let root: RootSkeleton
    let cgroups: CgroupHierarchy
    /// Kills the containers should the runtime die; nil when it could not be started.
    var orphanGuard: OrphanGuard?
  }

  /// Makes it once for all callers, and again only after a failure.
  ///
  /// Callers that come meanwhile share the one that is being made: a second guard, given up at once, would kill the
  /// containers of the first callers.
  private actor Preparation {
    private let configuration: RuncConfiguration
    private let logger: Logger
    private var current: Task<Result<Prepared, SandboxError>, Never>?

    init(_ configuration: RuncConfiguration, logger: Logger) {
      self.configuration = configuration
      self.logger = logger
    }

    func value() async throws(SandboxError) -> Prepared {
      let task = current ?? Task { [configuration, logger] in await Self.make(configuration, logger) }
      current = task
      let result = await task.value
      if case .failure = result, current == task { current = nil }
      return try result.get()
    }

    private static func make(_ configuration: RuncConfiguration, _ logger: Logger) async -> Result<
      Prepared, SandboxError
    > {
      do throws(SandboxError) {
        var prepared = try await BlockingWork.perform { () throws(SandboxError) in try Prepared(configuration) }
        do throws(SandboxError) {
          prepared.orphanGuard = try await OrphanGuards.shared.guarding(
            prepared.cgroups, instance: configuration.instance)
        } catch {
          // The reaping of the next start does the same, only later.
          logger.warning("\(error.message)")
        }
        return .success(prepared)
      } catch {
        return .failure(error)
      }
    }
  }
}
