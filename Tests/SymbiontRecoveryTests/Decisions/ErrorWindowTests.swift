import SymbiontCore
import SymbiontRecovery
import SymbiontTesting
import Testing

@Suite("The sliding window of errors")
struct ErrorWindowTests {
  @Test("holds exactly the kept errors that are younger than the window", arguments: 1...50 as ClosedRange<UInt64>)
  func agreesWithCounting(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let length = Duration.seconds(Int.random(in: 1...60, using: &random))
    let kept = Int.random(in: 1...30, using: &random)
    var window = ErrorWindow()
    var times: [Timestamp] = []
    var now = Timestamp.epoch
    for _ in 0..<500 {
      now += .milliseconds(Int.random(in: 0...4_000, using: &random))
      if Bool.random(using: &random) {
        times.append(now)
        #expect(window.append() == times.count, "\(random)")
      }
      var looks = 0
      window.slide(to: now, window: length, keeping: kept) { number in
        looks += 1
        return times[number - 1]
      }
      #expect(window.count == times.suffix(kept).count { now - $0 < length }, "\(random)")
    }
  }

  @Test("looks at each error a bounded number of times, however many there are")
  func isCheap() {
    var window = ErrorWindow()
    var looks = 0
    for number in 1...10_000 {
      window.append()
      window.slide(to: .epoch + .seconds(number), window: .seconds(100), keeping: 1_000) { number in
        looks += 1
        return .epoch + .seconds(number)
      }
    }
    #expect(window.count == 100)
    #expect(looks <= 20_000)
  }
}

@Suite("The time of the error handler")
struct SteadyTimeTests {
  @Test("goes on with the steady clock, whatever the civil clock is set to")
  func steady() {
    var time = SteadyTime(civil: .epoch + .seconds(100), elapsed: .seconds(7), known: nil)
    #expect(time.now(elapsed: .seconds(7)) == .epoch + .seconds(100))
    #expect(time.now(elapsed: .seconds(9)) == .epoch + .seconds(102))
    #expect(time.now(elapsed: .seconds(8)) == .epoch + .seconds(102))
  }

  @Test("does not begin before what was recorded, when the civil clock was set back")
  func setBack() {
    var time = SteadyTime(civil: .epoch, elapsed: .zero, known: .epoch + .seconds(50))
    #expect(time.now(elapsed: .seconds(1)) == .epoch + .seconds(51))
  }
}
