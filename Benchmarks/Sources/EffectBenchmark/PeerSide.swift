import Foundation

/// A peer: a script that does the same in its own way and prints one line of JSON.
struct PeerSide: Decodable {
  let effects: Int
  let seconds: Double
  /// The settings that decide what is on disk when a step is done.
  let durability: String

  var perSecond: Double { Double(effects) / seconds }

  /// Runs a script of `Benchmarks/peers` with its own Python.
  static func run(
    _ script: String, of peers: String, executions: Int, effects: Int, in directory: String
  ) throws -> PeerSide {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(peers)/.venv/bin/python")
    process.arguments = [
      "\(peers)/\(script)", "--executions", "\(executions)", "--effects", "\(effects)", "--directory", directory,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkFailure("`\(script)` ended with status \(process.terminationStatus)")
    }
    return try JSONDecoder().decode(PeerSide.self, from: text)
  }
}
