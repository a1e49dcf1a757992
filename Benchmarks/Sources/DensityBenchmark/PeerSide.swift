import Foundation

/// A peer: tasks of CPython's asyncio that wait in memory, measured by the same rule.
struct PeerSide: Decodable {
  let bytesPerAgent: Double

  private enum CodingKeys: String, CodingKey {
    case bytesPerAgent = "bytes_per_agent"
  }

  /// Runs the script of `Benchmarks/peers`; `nil` when its Python is not set up.
  static func run(agents: Int) throws -> PeerSide? {
    let peers = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../peers")
      .standardizedFileURL.path
    let python = "\(peers)/.venv/bin/python"
    guard FileManager.default.isExecutableFile(atPath: python) else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["\(peers)/asyncio_density.py", "\(agents)"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkFailure("the peer ended with status \(process.terminationStatus)")
    }
    return try JSONDecoder().decode(PeerSide.self, from: text)
  }
}
