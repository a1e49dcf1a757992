import ArgumentParser
import FoundationEssentials
import SymbiontCore
import SymbiontSandbox

/// `symbi sandbox list`: the sandboxes of a data directory.
struct SandboxListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the sandboxes of a data directory, or its snapshots.")

  @OptionGroup var place: SandboxPlace

  @Flag(help: "List the snapshots instead.")
  var snapshots = false

  func run() async throws {
    let reply = try await place.ask(HostRequest(snapshots ? .snapshots : .list))
    if place.json {
      return snapshots
        ? try HostJSON.print(reply.snapshots ?? []) : try HostJSON.print(reply.sandboxes ?? [])
    }
    if snapshots {
      let rows = (reply.snapshots ?? []).map { snapshot in
        [
          "\(snapshot.id)", snapshot.name, "\(snapshot.sandboxID)", snapshot.engine.rawValue,
          snapshot.hasMemory ? "files and memory" : "files", "\(snapshot.createdAt)",
        ]
      }
      return try StandardStream.printResult(
        TextTable.render(["snapshot", "name", "sandbox", "engine", "holds", "made"], rows))
    }
    let rows = (reply.sandboxes ?? []).map { sandbox in
      [
        "\(sandbox.id)", sandbox.engine.rawValue, sandbox.status.name, sandbox.image ?? "-", "\(sandbox.createdAt)",
        sandbox.unenforcedLimits.isEmpty ? "-" : sandbox.unenforcedLimits.joined(separator: ", "),
      ]
    }
    try StandardStream.printResult(
      TextTable.render(["sandbox", "engine", "status", "image", "made", "not enforced"], rows))
  }
}

extension SandboxPlace {
  /// Asks the owner of the sandboxes; failures are thrown.
  func ask(_ request: HostRequest) async throws(CommandFailure) -> HostReply {
    let access = try await SandboxAccess.open(RunDirectory(given: data))
    let reply: HostReply
    do throws(CommandFailure) { reply = try await access.ask(request) } catch {
      await access.close()
      throw error
    }
    await access.close()
    try reply.check()
    return reply
  }
}

/// Prints answers as JSON.
enum HostJSON {
  static func print(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try StandardStream.printResult(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

/// The id of a sandbox as an argument.
struct SandboxArgument: ExpressibleByArgument, Sendable {
  let id: SandboxID

  init?(argument: String) {
    guard let id = SandboxID(argument) else { return nil }
    self.id = id
  }
}

/// The id of a snapshot as an argument.
struct SnapshotArgument: ExpressibleByArgument, Sendable {
  let id: SnapshotID

  init?(argument: String) {
    guard let id = SnapshotID(argument) else { return nil }
    self.id = id
  }
}
