import Foundation

/// A peer: a script that does the same in its own way and prints one line of JSON.
struct PeerSide: Decodable {
  let tasks: Int
  let seconds: Double
  /// The same while no worker runs, and the carrying out of what is queued, where the peer tells them apart.
  let takenPerSecond: Double?
  let carriedOutPerSecond: Double?
  /// The settings that decide what is on disk when a task is acknowledged.
  let durability: String

  var perSecond: Double { Double(tasks) / seconds }

  private enum CodingKeys: String, CodingKey {
    case tasks, seconds, durability
    case takenPerSecond = "taken_per_second"
    case carriedOutPerSecond = "carried_out_per_second"
  }

  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../peers").standardizedFileURL.path
  static let python = "\(directory)/.venv/bin/python"
  static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: python) }

  /// Whether a program is on the path.
  static func isInstalled(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  /// Runs a script of `Benchmarks/peers` with its own Python.
  static func run<Result: Decodable>(
    _ script: String, _ arguments: [String], as type: Result.Type = PeerSide.self
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["\(directory)/\(script)"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkFailure("`\(script)` ended with status \(process.terminationStatus)")
    }
    return try JSONDecoder().decode(Result.self, from: text)
  }
}
