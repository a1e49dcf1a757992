import SymbiontCore
import SymbiontScheduling
import Testing

@Suite("The shutdown of a scheduler")
struct ShutdownTests {
  private static let now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)
  private static let (taking, waiting, stopping, later) = (CallID(1), CallID(2), CallID(3), CallID(4))

  /// A scheduler with a task that is due in an hour, for the end of which somebody waits.
  private static func state(_ id: TaskID) -> SchedulerState {
    var state = SchedulerState(
      configuration: SchedulerConfig(), options: SchedulerOptions(),
      workers: [SimulatedWorld.Worker(name: "0", capacity: 1, weight: 1)], seed: 1, now: now)
    let task = ScheduledTask(
      id: id, agentID: SchedulerStage.agent, scheduledTime: now.civil + .seconds(3_600), timeout: .seconds(60))
    state.schedule([task], request: taking, now: now)
    state.committed(state.takeBatch(), now: now)
    state.awaitEnd(id, request: waiting)
    return state
  }

  /// Who was told that the scheduler shuts down.
  private static func refused(_ state: inout SchedulerState) -> [CallID] {
    state.takeActions().compactMap { action in
      if case .answer(let id, .refused(.shuttingDown)) = action { id } else { nil }
    }
  }

  @Test("tells those who wait for the end of a task that it does not begin any more, before and afterwards")
  func waiters() {
    let id = TaskID()
    var state = Self.state(id)
    #expect(Self.refused(&state).isEmpty)
    state.shutDown(request: Self.stopping)
    #expect(Self.refused(&state) == [Self.waiting])
    state.awaitEnd(id, request: Self.later)
    #expect(Self.refused(&state) == [Self.later])
    #expect(state.status(of: id) == .pending)
  }

  @Test("tells them, too, when the store refuses the last records")
  func refusedRecords() {
    var state = Self.state(TaskID())
    state.setPaused(true, request: Self.taking)
    let batch = state.takeBatch()
    state.shutDown(request: Self.stopping)
    #expect(Self.refused(&state).isEmpty)
    state.refused(batch, because: "the disk is full", now: Self.now)
    #expect(Self.refused(&state) == [Self.waiting])
  }
}
