internal import Logging
internal import SymbiontCore
public import SymbiontScheduling
internal import SymbiontStore
internal import Synchronization

extension Runtime {
  /// Calls agents when their schedules and tasks come due; nil when it could not be opened, and agents with schedules are
  /// refused then.
  ///
  /// A task's input and result are JSON; an empty input is `null`.
  public var scheduler: DefaultScheduler? { scheduling.withLock { $0 } }

  /// Opens the scheduler with the tasks that an earlier runtime left; they begin when the runtime runs.
  func openScheduler() async {
    performer.attach(self)
    do throws(RuntimeError) {
      let suspended: [AgentID]
      do { suspended = try await store.read { store in try store.agents(in: .suspended) } } catch {
        throw .scheduler(.storeFailed(error))
      }
      let scheduler = try await DefaultScheduler.open(
        configuration.scheduling, options: configuration.schedulerOptions, store: store, performer: performer,
        clock: configuration.schedulerClock, held: suspended, begins: false, logger: configuration.logger)
      scheduling.withLock { $0 = scheduler }
      engine.onAdmission { [weak scheduler] in scheduler?.retryHandedBack(of: $0) }
      lifecycle.use(
        AgentSchedules(store: store, programs: programs, scheduler: scheduler, logger: configuration.logger))
    } catch {
      configuration.logger.error(
        "agents with schedules are refused: \(error.message)", metadata: ["code": "\(error.code)"])
    }
  }

  /// Lets tasks begin, after the schedules are what the agents want.
  func startScheduling() async throws(StoreError) {
    try await lifecycle.agentSchedules?.synchronizeAll()
    scheduler?.begin()
  }

  /// Waits until no task is under way; those whose executions go on later are kept.
  func stopScheduling() async {
    do throws(SchedulerError) { try await scheduler?.shutdown() } catch {
      configuration.logger.error("the scheduler did not stop cleanly: \(error.message)")
    }
  }
}
