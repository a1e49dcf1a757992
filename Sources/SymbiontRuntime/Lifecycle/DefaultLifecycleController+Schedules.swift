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
    await attempt("the schedules of an agent could not be ended", agentID) { schedules throws(SchedulerError) in
      try await schedules.rest(agentID)
    }
  }

  /// Has the tasks of an agent wait while it is suspended, and no longer.
  func holdTasks(of agentID: AgentID) async {
    await attempt("the tasks of an agent could not be held", agentID) { schedules throws(SchedulerError) in
      try await schedules.hold(agentID)
    }
  }

  private func attempt(
    _ failure: String, _ agentID: AgentID, _ body: (AgentSchedules) async throws(SchedulerError) -> Void
  ) async {
    guard let schedules = agentSchedules else { return }
    do throws(SchedulerError) { try await body(schedules) } catch {
      if case .shuttingDown = error { return }
      logger.error(
        "\(failure): \(error.message)", metadata: ["agent": "\(agentID)", "code": "\(error.code)"])
    }
  }
}
