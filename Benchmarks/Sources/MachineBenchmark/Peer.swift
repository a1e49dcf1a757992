import Foundation

/// An interpreter that runs the same algorithm from a script, which prints its seconds of processor time and the result.
struct Peer {
  let name: String
  private let executable: String
  private let fileExtension: String

  /// The distribution's builds.
  static let all = [
    Peer(name: "cpython", executable: "/usr/bin/python3", fileExtension: "py"),
    Peer(name: "lua5.4", executable: "/usr/bin/lua5.4", fileExtension: "lua"),
  ]

  /// Whether the peer is installed.
  var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: executable) }

  /// Seconds of processor time of one run.
  func run(_ workload: Workload) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = [workload.script(fileExtension).path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let words = printed.split(whereSeparator: \.isWhitespace)
    guard process.terminationStatus == 0, words.count == 2, let seconds = Double(words[0]),
      words[1] == workload.expected
    else { throw BenchmarkError("`\(name)` printed `\(printed)` for `\(workload.name)`, not `\(workload.expected)`") }
    return seconds
  }
}
