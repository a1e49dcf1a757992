internal import Logging
internal import SymbiontCore
public import SymbiontRecovery
internal import SymbiontStore

extension Runtime {
  /// Counts the errors of agents, decides what is done about them, and has it done; nil when it could not be opened, and an
  /// agent that fails has failed for good then.
  public var errorHandler: DefaultErrorHandler? { engine.errorHandler }

  /// Opens the error handler, or says why nothing is recovered.
  static func openErrorHandler(_ configuration: RuntimeConfiguration, _ store: Store) async -> DefaultErrorHandler? {
    do throws(ErrorHandlerError) {
      return try await DefaultErrorHandler.open(
        configuration.errorHandling, store: store, environment: configuration.recoveryEnvironment)
    } catch {
      configuration.logger.error(
        "agents are not recovered: \(error.message)", metadata: ["code": "\(error.code)"])
      return nil
    }
  }

  /// Goes on with recoveries that an earlier runtime left; those that wait or repeat calls do so when the runtime runs.
  func resumeRecoveries() async {
    guard let recoveries = engine.recoveries else { return }
    recoveries.attach(self)
    do throws(ErrorHandlerError) { try await recoveries.resume() } catch {
      configuration.logger.error(
        "recoveries of an earlier runtime stay as they are: \(error.message)", metadata: ["code": "\(error.code)"])
    }
    guard let calls = try? await store.read({ store in try store.agentsWithRecoveryCalls() }) else { return }
    for agentID in calls { recoveries.add(.repeatCalls(agentID)) }
    let completed = (try? await store.read { store in try store.agents(in: .completed) }) ?? []
    for agentID in completed where recoveries.handler.groupName(of: agentID) != nil { recoveries.add(.ended(agentID)) }
  }
}
