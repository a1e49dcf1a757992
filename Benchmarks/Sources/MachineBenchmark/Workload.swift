import Foundation
import SymbiontLanguage

/// An algorithm that is run here and by the peers, each from a script in its own language.
struct Workload {
  /// The name of the benchmark and of the scripts.
  let name: String
  /// What every implementation must print.
  let expected: String

  static let all = [
    Workload(name: "fibonacci", expected: "196418"),
    Workload(name: "additions", expected: "12499997500000"),
    Workload(name: "strings", expected: "190"),
    Workload(name: "records", expected: "2000000"),
  ]

  /// The script for the language with this file extension.
  func script(_ fileExtension: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("peers/machine/\(name).\(fileExtension)")
  }

  /// The compiled script of our own.
  func executable() throws -> ExecutableProgram {
    let text = try String(contentsOf: script("symbi"), encoding: .utf8)
    let compilation = SymbiCompiler.compile(SourceText(name: "\(name).symbi", text: text))
    guard let program = compilation.program else {
      throw BenchmarkError("`\(name).symbi` does not compile: \(compilation.diagnostics)")
    }
    return try ExecutableProgram(verifying: program)
  }

  /// Seconds of processor time of one run on our machine.
  func run(_ executable: ExecutableProgram) throws -> Double {
    guard let agent = executable.program.agents.first else { throw BenchmarkError("`\(name).symbi` has no agent") }
    let start = Self.processorSeconds
    var machine = try Machine(executable, function: agent.function, arguments: [])
    let step = machine.run(executable, fuel: .max)
    let seconds = Self.processorSeconds - start
    let result: String? =
      switch step {
      case .completed(.int(let number)): String(number)
      case .completed(.string(let text)): text
      default: nil
      }
    guard result == expected else { throw BenchmarkError("`\(name).symbi` gave `\(step)`, not `\(expected)`") }
    return seconds
  }

  /// The processor time that this process has used.
  static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Why a benchmark says nothing.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
