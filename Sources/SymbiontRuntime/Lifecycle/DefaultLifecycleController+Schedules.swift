internal import Logging
internal import SymbiontCore
internal import SymbiontScheduling
internal import SymbiontStore

extension DefaultLifecycleController {
  static let noScheduler = "it has a schedule, and the scheduler could not be opened"

  /// Refuses to start an agent whose schedules cannot be understood or never come due.
  func checkSchedules(_ agentID: AgentID) async throws(LifecycleError) {
    do throws(SchedulerError) { try await agentSchedules?.check(agentID) } catch {
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
    do throws(SchedulerError) { try await agentSchedules?.rest(agentID) } catch {
      if case .shuttingDown = error { return }
      logger.error(
        "the schedules of an agent could not be ended: \(error.message)",
        metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
    }
  }
}
