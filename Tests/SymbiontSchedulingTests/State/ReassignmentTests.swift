import SymbiontCore
import SymbiontScheduling
import Testing

@Suite("A task that is given to another agent")
struct ReassignmentTests {
  private static let now = Moment(civil: Timestamp(microsecondsSinceEpoch: 1_770_000_000_000_000), elapsed: 0)

  @Test("while it is cancelled belongs to that one when the store refuses the cancellation")
  func whileCancelled() {
    var state = SchedulerState(
      configuration: SchedulerConfig(), options: SchedulerOptions(),
      workers: [SimulatedWorld.Worker(name: "0", capacity: 1, weight: 1)], seed: 1, now: Self.now)
    let task = ScheduledTask(
      id: TaskID(), agentID: SchedulerStage.agent, scheduledTime: Self.now.civil + .seconds(3_600),
      timeout: .seconds(60))
    state.schedule([task], request: CallID(1), now: Self.now)
    state.committed(state.takeBatch(), now: Self.now)
    state.reassign(from: SchedulerStage.agent, to: SchedulerStage.other, request: CallID(2))
    let batch = state.takeBatch()
    state.cancel(task.id, request: CallID(3), now: Self.now)
    state.committed(batch, now: Self.now)
    state.refused(state.takeBatch(), because: "the disk is full", now: Self.now)
    #expect(state.pendingTasks().map(\.agentID) == [SchedulerStage.other])
    #expect(!state.isReassigned(task.id))
  }
}
