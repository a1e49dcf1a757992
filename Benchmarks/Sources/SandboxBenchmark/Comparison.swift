import Measuring

/// Our time for something beside a peer's, taken in turns, so that what else the machine does falls on both.
struct Comparison {
  /// What the ratio may be.
  enum Bar {
    /// Our time may be at most this many times the peer's.
    case atMost(Double)
    /// We must be at least so many times as fast as the peer.
    case fasterBy(Double)
    /// Nothing is promised.
    case none
  }

  let name: String
  let peer: String
  let bar: Bar
  private(set) var ours: [Double] = []
  private(set) var theirs: [Double] = []
  var details: [String: ReportLine.Field] = [:]

  init(_ name: String, peer: String, bar: Bar) {
    self.name = name
    self.peer = peer
    self.bar = bar
  }

  /// Times both sides in turns, after some rounds that do not count.
  ///
  /// Each side gives its own time, so what it does before and after is not in it. Which one begins changes from round to
  /// round. With a rest before each time, neither has the use of what the other left warm in the kernel, which forgets it
  /// within that.
  mutating func measure(
    rounds: Int, warmUp: Int = 2, rest: Duration = .zero, ours: () async throws -> Duration,
    peer: () async throws -> Duration
  ) async throws {
    func rested(_ side: () async throws -> Duration) async throws -> Duration {
      if rest > .zero { try await Task.sleep(for: rest) }
      return try await side()
    }
    for round in -warmUp..<rounds {
      var times = (Duration.zero, Duration.zero)
      if round.isMultiple(of: 2) {
        times.0 = try await rested(ours)
        times.1 = try await rested(peer)
      } else {
        times.1 = try await rested(peer)
        times.0 = try await rested(ours)
      }
      guard round >= 0 else { continue }
      self.ours.append(times.0 / .milliseconds(1))
      theirs.append(times.1 / .milliseconds(1))
    }
  }

  /// Takes over times that were measured elsewhere, in milliseconds.
  mutating func add(ours: Double, peer: Double) {
    self.ours.append(ours)
    theirs.append(peer)
  }

  /// Prints the medians, their ratio, and whether it is on the right side of the bar.
  func report() throws {
    let ratio = ours.median / theirs.median
    var fields: [String: ReportLine.Field] = [
      "rounds": .number(Double(ours.count)), "peer": .text(peer),
      "ours_ms_p50": .number(ours.median), "ours_ms_min": .number(ours.min() ?? 0),
      "ours_ms_p90": .number(ours.percentile(0.9) ?? 0),
      "peer_ms_p50": .number(theirs.median), "peer_ms_min": .number(theirs.min() ?? 0),
      "peer_ms_p90": .number(theirs.percentile(0.9) ?? 0),
      "ratio": .number(ratio), "ratio_of_minima": .number((ours.min() ?? 0) / (theirs.min() ?? 1)),
    ]
    switch bar {
    case .atMost(let bound):
      fields["bar_ratio_at_most"] = .number(bound)
      fields["met"] = .text(ratio <= bound ? "yes" : "no")
    case .fasterBy(let bound):
      fields["bar_ratio_at_most"] = .number(1 / bound)
      fields["met"] = .text(ratio <= 1 / bound ? "yes" : "no")
    case .none: break
    }
    try ReportLine(benchmark: name, fields.merging(details) { $1 }).report()
  }
}
