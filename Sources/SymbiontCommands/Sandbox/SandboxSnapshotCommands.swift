import ArgumentParser
import SymbiontCore

/// `symbi sandbox snapshot`: saves a sandbox as it is.
struct SandboxSnapshotCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Saves a sandbox as it is, and prints the id of the snapshot.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: ArgumentHelp("The sandbox.", valueName: "id"))
  var sandbox: SandboxArgument

  @Option(help: "What the snapshot is called.")
  var name = "snapshot"

  func run() async throws {
    var request = HostRequest(.snapshot)
    (request.sandboxID, request.name) = (sandbox.id, name)
    guard let id = try await place.ask(request).snapshotID else { return }
    try place.json ? HostJSON.print(id) : StandardStream.printResult("\(id)")
  }
}

/// `symbi sandbox restore`: makes a sandbox of a snapshot.
struct SandboxRestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Makes a running sandbox that goes on from a snapshot, and prints its id.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: ArgumentHelp("The snapshot.", valueName: "id"))
  var snapshot: SnapshotArgument

  func run() async throws {
    var request = HostRequest(.restore)
    request.snapshotID = snapshot.id
    let access = try await SandboxAccess.open(RunDirectory(given: place.data), startsHost: true)
    let reply = try await access.ask(request)
    try reply.check()
    try place.printIDs(reply)
  }
}

/// `symbi sandbox fork`: makes copies of a sandbox.
struct SandboxForkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fork", abstract: "Makes running copies of a sandbox, and prints their ids.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: ArgumentHelp("The sandbox.", valueName: "id"))
  var sandbox: SandboxArgument

  @Option(help: "How many copies.")
  var count = 1

  func run() async throws {
    var request = HostRequest(.fork)
    (request.sandboxID, request.count) = (sandbox.id, count)
    try place.printIDs(try await place.ask(request))
  }
}

extension SandboxPlace {
  func printIDs(_ reply: HostReply) throws {
    let ids = reply.sandboxIDs ?? []
    if json { return try HostJSON.print(ids) }
    try StandardStream.printResult(ids.map { "\($0)" }.joined(separator: "\n"))
  }
}
