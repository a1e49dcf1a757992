import ArgumentParser
import SymbiontCore
import SymbiontSandbox

/// `symbi sandbox logs`: the last lines of a sandbox's log.
struct SandboxLogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Shows what happened in a sandbox, and what detached commands printed.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: ArgumentHelp("The sandbox.", valueName: "id"))
  var sandbox: SandboxArgument

  func run() async throws {
    var request = HostRequest(.logs)
    request.sandboxID = sandbox.id
    let lines = try await place.ask(request).lines ?? []
    if place.json { return try HostJSON.print(lines) }
    guard !lines.isEmpty else { return }
    let texts = lines.map { "\($0.time) \($0.source.rawValue): \(TerminalText.printable($0.text))" }
    try StandardStream.printResult(texts.joined(separator: "\n"))
  }
}

/// `symbi sandbox stats`: what a sandbox uses.
struct SandboxStatsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Shows what the kernel counted for a sandbox.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: ArgumentHelp("The sandbox.", valueName: "id"))
  var sandbox: SandboxArgument

  func run() async throws {
    var request = HostRequest(.usage)
    request.sandboxID = sandbox.id
    let usage = try await place.ask(request).usage ?? SandboxUsage()
    if place.json { return try HostJSON.print(usage) }
    let rows = [
      ["memory", Self.pair(usage.memoryBytes, usage.memoryLimitBytes, "bytes")],
      ["memory peak", Self.text(usage.memoryPeakBytes, "bytes")], ["memory kills", "\(usage.memoryKills)"],
      ["processor time", Self.text(usage.cpuNanoseconds.map { $0 / 1_000_000 }, "ms")],
      ["throttled periods", "\(usage.throttledPeriods)"],
      ["processes", Self.pair(usage.processes, usage.processLimit, "")],
      ["processes refused", "\(usage.processRefusals)"], ["disk read", Self.text(usage.diskReadBytes, "bytes")],
      ["disk written", Self.text(usage.diskWrittenBytes, "bytes")],
      ["workspace", Self.pair(usage.workspaceUsedBytes, usage.workspaceTotalBytes, "bytes")],
    ]
    try StandardStream.printResult(TextTable.render(["what", "used"], rows))
  }

  private static func text(_ value: Int?, _ unit: String) -> String { value.map { "\($0) \(unit)" } ?? "not counted" }

  private static func pair(_ value: Int?, _ limit: Int?, _ unit: String) -> String {
    guard let value else { return "not counted" }
    return limit.map { "\(value) of \($0) \(unit)" } ?? "\(value) \(unit)"
  }
}

/// `symbi sandbox rm`: destroys sandboxes and snapshots.
struct SandboxRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Destroys sandboxes, or removes snapshots.")

  @OptionGroup var place: SandboxPlace

  @Flag(help: "The ids are those of snapshots.")
  var snapshot = false

  @Argument(help: ArgumentHelp("The sandboxes.", valueName: "id"))
  var identifiers: [String]

  func run() async throws {
    for text in identifiers {
      var request = HostRequest(snapshot ? .removeSnapshot : .remove)
      request.sandboxID = snapshot ? nil : SandboxID(text)
      request.snapshotID = snapshot ? SnapshotID(text) : nil
      guard request.sandboxID != nil || request.snapshotID != nil else {
        throw CommandFailure(.usage, "`\(TerminalText.shortened(text, to: 80))` is no id")
      }
      _ = try await place.ask(request)
    }
  }
}
