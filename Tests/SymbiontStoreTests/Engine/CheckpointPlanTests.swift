import Testing

@testable import SymbiontStore

@Suite("The plan of checkpoints")
struct CheckpointPlanTests {
  @Test("copies once an interval, and starts counting again with the log")
  func intervals() {
    var plan = CheckpointPlan(interval: 10, maximumPages: 1_000)
    #expect(
      [4, 9, 10, 11, 19, 20, 3, 9, 10].map { plan.step(pages: $0) } == [
        .wait, .wait, .copy, .wait, .wait, .copy, .wait, .wait, .copy,
      ])
  }

  @Test("starts the log over once an interval when it is too long")
  func startsOver() {
    var plan = CheckpointPlan(interval: 10, maximumPages: 25)
    #expect(
      [12, 24, 25, 34, 40, 44, 0, 12].map { plan.step(pages: $0) } == [
        .copy, .copy, .wait, .startOver, .wait, .startOver, .wait, .copy,
      ])
  }
}
