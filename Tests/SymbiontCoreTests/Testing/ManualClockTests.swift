import SymbiontCore
import SymbiontTesting
import Testing

@Suite("The manual clock", .timeLimit(.minutes(1)))
struct ManualClockTests {
  @Test("a sleeping task that is cancelled wakes with an error, and the clock forgets it")
  func cancellation() async {
    let clock = ManualClock()
    let task = Task { try await clock.sleep(for: .seconds(60)) }
    await clock.waitForSleepers(1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(clock.sleeperCount == 0)
  }

  @Test("a task that is cancelled already does not sleep")
  func cancelledEarly() async {
    let clock = ManualClock()
    let result = await withTaskGroup(of: Bool.self) { group in
      group.addTask {
        withUnsafeCurrentTask { $0?.cancel() }
        do {
          try await clock.sleep(for: .seconds(60))
          return false
        } catch {
          return error is CancellationError
        }
      }
      return await group.next()
    }
    #expect(result == true)
    #expect(clock.sleeperCount == 0)
  }

  @Test("a cancelled watcher returns although nobody sleeps")
  func cancelledWatcher() async {
    let clock = ManualClock()
    let task = Task { await clock.waitForSleepers(1) }
    task.cancel()
    await task.value
  }

  @Test("a task sleeps until the clock has come to its deadline, not before")
  func deadlines() async throws {
    let clock = ManualClock()
    let task = Task {
      try await clock.sleep(for: .seconds(60))
      return clock.now
    }
    await clock.waitForSleepers(1)
    clock.advance(by: .seconds(59))
    #expect(clock.sleeperCount == 1)
    #expect(clock.nextDeadline?.offset == .seconds(60))
    clock.advance(by: .seconds(1))
    #expect(try await task.value.offset == .seconds(60))
    #expect(clock.nextDeadline == nil)
  }

  @Test("a deadline that has passed does not wait")
  func passedDeadline() async throws {
    let clock = ManualClock()
    clock.advance(by: .seconds(5))
    try await clock.sleep(until: ManualClock.Instant(offset: .seconds(5)))
    try await clock.sleep(for: .seconds(-1))
  }

  @Test("the clock never goes back, and tells the civil time")
  func time() {
    let clock = ManualClock(beginning: .epoch + .seconds(100))
    clock.advance(to: .init(offset: .seconds(10)))
    clock.advance(to: .init(offset: .seconds(3)))
    clock.advance(by: .seconds(-5))
    #expect(clock.now.offset == .seconds(10))
    #expect(clock.timestamp == .epoch + .seconds(110))
  }

  @Test("many sleepers are all woken once their time has come")
  func manySleepers() async throws {
    let clock = ManualClock()
    var random = SeededRandom.forTest()
    let delays = (0..<100).map { _ in Int.random(in: 1...50, using: &random) }
    try await withThrowingTaskGroup(of: Int.self) { group in
      for delay in delays {
        group.addTask {
          try await clock.sleep(for: .seconds(delay))
          return delay
        }
      }
      await clock.waitForSleepers(delays.count)
      for second in 1...50 {
        clock.advance(by: .seconds(1))
        for _ in delays.filter({ $0 == second }) {
          let woken = try await group.next()
          #expect(woken == second, "\(random)")
        }
        #expect(clock.sleeperCount == delays.filter { $0 > second }.count, "\(random)")
      }
    }
  }
}
