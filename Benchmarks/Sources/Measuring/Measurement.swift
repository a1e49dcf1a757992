import Foundation

/// One line of a benchmark's output: our rate beside a peer's, measured in the same call in turns.
package struct Measurement: Sendable, Encodable {
  package var benchmark: String
  package var callers: Int
  package var oursPerSecond: Double
  package var peer: String
  package var peerPerSecond: Double
  package var ratio: Double
  package var p50Milliseconds: Double
  package var p99Milliseconds: Double
  /// What else is needed to read the numbers, by name.
  package var details: [String: Double]
  private let date = Date().formatted(.iso8601)
  private let machine = Machine.description

  private enum CodingKeys: String, CodingKey {
    case benchmark, callers, peer, ratio, details, date, machine
    case oursPerSecond = "ours_per_second"
    case peerPerSecond = "peer_per_second"
    case p50Milliseconds = "p50_ms"
    case p99Milliseconds = "p99_ms"
  }

  package init(
    benchmark: String, callers: Int, oursPerSecond: Double, peer: String, peerPerSecond: Double,
    p50: Duration, p99: Duration, details: [String: Double] = [:]
  ) {
    self.benchmark = benchmark
    self.callers = callers
    self.oursPerSecond = oursPerSecond.rounded()
    self.peer = peer
    self.peerPerSecond = peerPerSecond.rounded()
    self.details = details
    ratio = Self.rounded(oursPerSecond / peerPerSecond)
    p50Milliseconds = Self.rounded(p50 / .milliseconds(1))
    p99Milliseconds = Self.rounded(p99 / .milliseconds(1))
  }

  /// Prints the measurement as one line of JSON.
  package func report() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }

  private static func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

/// The machine that a benchmark ran on.
enum Machine {
  static var description: String {
    let process = ProcessInfo.processInfo
    return "\(process.operatingSystemVersionString), \(process.activeProcessorCount) cores"
  }
}
