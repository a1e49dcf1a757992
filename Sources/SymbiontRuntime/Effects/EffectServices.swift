internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontMessaging
internal import SymbiontRecovery
internal import SymbiontResources
internal import SymbiontSandbox

/// What effects need from outside: time, chance, the log, the sandbox and the agents' workspaces.
struct EffectServices: Sendable {
  var time: any TimeSource
  /// 64 random bits.
  var random: @Sendable () -> UInt64
  var logger: Logger
  var sandbox: any CommandSandbox
  /// What commands share, or why nothing can be had of it.
  var resources: Result<DefaultResourceManager, ResourceError>
  var workspaces: Workspaces
  /// How agents reach each other, or why they cannot.
  var messages: Result<AgentMessages, CommunicationError>
  /// Counts failures; nil when it could not be opened.
  var errorHandler: DefaultErrorHandler?
  var limits: ExecutionLimits
}

/// Where agents keep their files: one directory an agent, below one root.
struct Workspaces: Sendable {
  let root: String
  let sandbox: any CommandSandbox

  /// Removes the agent's directory; what resists is logged.
  func remove(of agent: AgentID, logger: Logger) async {
    do throws(SandboxError) { try await sandbox.removeWorkspace("\(root)/\(agent)") } catch {
      logger.error("\(error.message)", metadata: ["code": "\(error.code)", "agent": "\(agent)"])
    }
  }

  /// The agent's directory, made when it is missing.
  func directory(of agent: AgentID) async throws(SandboxError) -> String {
    let path = "\(root)/\(agent)"
    do throws(SandboxError) { try await sandbox.prepareWorkspace(path) } catch {
      // Nothing is wrong with the program's files: the place for them cannot be had.
      if case .workspaceFailed = error { throw .startFailed(reason: error.message) }
      throw error
    }
    return path
  }
}
