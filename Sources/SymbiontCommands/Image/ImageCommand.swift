import ArgumentParser
import SymbiontCore
import SymbiontSandbox

/// `symbi image`: the root file systems that sandboxes can have.
struct ImageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image", abstract: "Keeps root file systems for sandboxes.",
    subcommands: [ImageImportCommand.self, ImageListCommand.self, ImageRemoveCommand.self])
}

/// `symbi image import`: takes an archive in.
struct ImageImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Imports a root file system.",
    discussion:
      "The archive is a tar archive of files, an OCI image layout, or what `docker save` wrote; gzip is understood.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: "The name of the image.")
  var name: String

  @Argument(help: "The archive, or the directory of an OCI layout.", completion: .file())
  var archive: String

  func run() async throws {
    let image = try await place.images { store throws(SandboxError) in
      try await store.importArchive(path: RunDirectory(given: archive).path, name: name)
    }
    try place.json ? HostJSON.print(image) : StandardStream.printResult("\(image.name) \(image.id)")
  }
}

/// `symbi image list`: what there is.
struct ImageListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the images.")

  @OptionGroup var place: SandboxPlace

  func run() async throws {
    let images = try await place.images { store throws(SandboxError) in try await store.list() }
    if place.json { return try HostJSON.print(images) }
    let rows = images.map { [$0.name, $0.id, "\($0.sizeBytes)", "\($0.layers.count)", "\($0.imported)"] }
    try StandardStream.printResult(TextTable.render(["image", "id", "bytes", "layers", "imported"], rows))
  }
}

/// `symbi image rm`: removes an image that no sandbox uses.
struct ImageRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "rm", abstract: "Removes images.")

  @OptionGroup var place: SandboxPlace

  @Argument(help: "The names of the images.")
  var names: [String]

  func run() async throws {
    for name in names {
      try await place.images { store throws(SandboxError) in try await store.remove(name) }
    }
  }
}

extension SandboxPlace {
  /// Uses the images of the data directory, which any number of processes may do at once.
  func images<Value>(
    _ body: (ImageStore) async throws(SandboxError) -> Value
  ) async throws(CommandFailure) -> Value {
    let directory = RunDirectory(given: data)
    try directory.makePrivate()
    let store = ImageStore(directory: SandboxService.configuration(directory.path).imagesDirectory)
    do throws(SandboxError) { return try await body(store) } catch { throw CommandFailure(error as any CodedError) }
  }
}
