import Foundation

/// A shell that runs an engine's command line again and again, some at a time: what one has without a runtime.
struct ShellLoop {
  let command: EngineCommand
  /// One bundle for each run, as two containers at once cannot have one control group.
  let bundles: [PeerBundle]
  let atOnce: Int

  /// Runs all bundles and gives the time.
  func run() throws -> Duration {
    let engine = command.prefix.joined(separator: " ")
    let names = bundles.map(\.name).joined(separator: " ")
    let directory = bundles.first.map { URL(fileURLWithPath: $0.path).deletingLastPathComponent().path } ?? "/"
    let script = """
      printf '%s\\n' \(names) | xargs -P \(atOnce) -I '{}' \(engine) run --bundle '\(directory)/{}' '{}' >/dev/null
      """
    return try ContinuousClock().measure { try ForkedProgram.run(["/bin/sh", "-c", script]) }
  }
}
