import Foundation

/// The peer: gen_servers of Erlang/OTP that wait in memory.
struct PeerSide: Decodable {
  let perSecond: Double
  let bytesPerAgent: Double

  private enum CodingKeys: String, CodingKey {
    case perSecond = "per_second"
    case bytesPerAgent = "bytes_per_agent"
  }

  /// Runs the script of `Benchmarks/peers`.
  static func run(agents: Int) throws -> PeerSide {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../peers/gen_servers.escript").standardizedFileURL.path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ERL_FLAGS=+P 4194304", "escript", script, "\(agents)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkFailure(
        "the peer ended with status \(process.terminationStatus): is Debian's `erlang-base` installed?")
    }
    return try JSONDecoder().decode(PeerSide.self, from: text)
  }
}
