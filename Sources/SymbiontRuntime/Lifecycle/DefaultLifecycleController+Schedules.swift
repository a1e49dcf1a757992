internal import Logging
internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontScheduling
internal import SymbiontStore

extension DefaultLifecycleController {
  /// Refuses to start an agent whose schedules cannot be kept.
  func checkSchedules(_ agentID: AgentID, _ program: LoadedProgram?) async throws(LifecycleError) {
    guard let agentSchedules else {
      let mode = try await store.read(throwing: LifecycleError.self) { store in try store.agent(agentID)?.mode }
      guard mode != .scheduled, program?.program.declarations.schedules.isEmpty != false else {
        throw .startFailed(agentID: agentID, reason: "it has a schedule, and the scheduler could not be opened")
      }
      return
    }
    do throws(SchedulerError) { try await agentSchedules.check(agentID) } catch {
      throw .startFailed(agentID: agentID, reason: error.message)
    }
  }

  /// Has the schedules of an agent that works come due.
  func startSchedules(_ agentID: AgentID) async throws(LifecycleError) {
    do throws(SchedulerError) { try await agentSchedules?.synchronize(agentID) } catch {
      throw .startFailed(agentID: agentID, reason: error.message)
    }
  }

  /// Has the schedules of an agent that does not work any more rest or go; what fails is made up for at the next start.
  func endSchedules(_ agentID: AgentID) async {
    do throws(SchedulerError) { try await agentSchedules?.synchronize(agentID) } catch {
      if case .shuttingDown = error { return }
      logger.error(
        "the schedules of an agent could not be ended: \(error.message)",
        metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
    }
  }
}
