import SymbiontScheduling
import SymbiontTesting
import Testing

@Suite("The delay of repeats")
struct RetryDelayTests {
  @Test("doubles up to its bound, less a share that chance decides")
  func growth() {
    let seed = SeededRandom.forTest()
    var random = seed
    for _ in 0..<2_000 {
      let first = Int64.random(in: 1...10_000_000, using: &random)
      let longest = Int64.random(in: first...86_400_000_000, using: &random)
      let jitter = Double.random(in: 0...1, using: &random)
      let failures = Int.random(in: 1...1_000, using: &random)
      let delay = RetryDelay(
        SchedulerOptions(
          retryDelay: .microseconds(first), longestRetryDelay: .microseconds(longest), retryJitter: jitter)
      ).microseconds(afterFailures: failures, using: &random)
      let full = failures > 40 ? longest : min(longest, Int64(min(Double(first) * Double(1 << (failures - 1)), 1e17)))
      #expect(delay <= full && Double(delay) >= Double(full) * (1 - jitter) - 1, "\(seed)")
    }
  }

  @Test(
    "is made of bounds that are checked",
    arguments: [
      SchedulerOptions(ageingInterval: .zero), SchedulerOptions(tasksPerAgent: 0), SchedulerOptions(retryJitter: 1.5),
      SchedulerOptions(retryJitter: .nan), SchedulerOptions(retryDelay: .seconds(100_000)),
      SchedulerOptions(finishedTasks: 0), SchedulerOptions(finishedBytes: 1_000),
      SchedulerOptions(runsPerSchedule: 0), SchedulerOptions(schedules: 0),
    ])
  func bounds(options: SchedulerOptions) {
    #expect(throws: (any Error).self) { try options.validate() }
  }

  @Test("of ended tasks leaves few statements to remove them")
  func ranges() {
    #expect(SchedulerJournal.ranges(of: [3, 1, 2, 7, 9, 8, 20]) == [1...3, 7...9, 20...20])
    #expect(SchedulerJournal.ranges(of: []) == [])
  }
}
