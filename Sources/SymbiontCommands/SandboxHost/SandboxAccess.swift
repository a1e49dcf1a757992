import Glibc
import Logging
import SymbiontSandbox
import SymbiontSystem

/// The way to the sandboxes of a data directory: its owner if there is one, otherwise this process becomes it.
enum SandboxAccess: Sendable {
  case host(HostClient)
  case own(SandboxService)

  /// Finds the way.
  ///
  /// - Parameters:
  ///   - startsHost: Whether a background process becomes the owner when there is none, because what is made outlives
  ///     this process.
  static func open(_ directory: RunDirectory, startsHost: Bool = false) async throws(CommandFailure) -> SandboxAccess {
    if !directory.isThrowAway {
      if let client = try HostClient(directory) { return .host(client) }
      if startsHost {
        try HostLauncher.start(directory)
        guard let client = try HostClient(directory) else {
          throw CommandFailure(.hostFailed, "the owner of the sandboxes ended at once", status: .failure)
        }
        return .host(client)
      }
    }
    return .own(try await SandboxService.open(directory, logger: logger))
  }

  /// What the orchestrator has to say goes to standard error when it is a warning.
  static var logger: Logger {
    var logger = Logger(label: "symbiont.sandbox") { _ in CommandLogHandler() }
    logger.logLevel = .warning
    return logger
  }

  /// Asks for something.
  func ask(
    _ request: HostRequest, streams: [Int32] = [], orders: AsyncStream<HostOrder>? = nil
  ) async throws(CommandFailure) -> HostReply {
    switch self {
    case .host(let client): return try await client.ask(request, descriptors: streams, orders: orders)
    case .own(let service):
      let copies = streams.map { Descriptor(owning: fcntl($0, F_DUPFD_CLOEXEC, 3)) }
      let relay =
        copies.count == HostLine.maximumDescriptors
        ? CommandRelay.Streams(input: copies[0], output: copies[1], errors: copies[2]) : nil
      let none = AsyncStream<HostOrder>.makeStream()
      defer { withExtendedLifetime(none.continuation) {} }
      return await service.handle(request, streams: relay, orders: orders ?? none.stream)
    }
  }

  /// Ends the ownership, if it was this process's.
  func close() async {
    if case .own(let service) = self { await service.close() }
  }
}

/// Writes warnings as lines to standard error.
private struct CommandLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.warning

  subscript(metadataKey key: String) -> Logger.MetadataValue? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    StandardStream.errors.write("\(event.level): \(TerminalText.printable("\(event.message)"))\n")
  }
}
