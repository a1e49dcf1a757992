import Glibc
import SymbiontCore
import SymbiontSystem

/// Asks the process that owns the sandboxes of a data directory.
struct HostClient: Sendable {
  private let line: HostLine

  /// Connects; nil when nobody owns sandboxes there.
  init?(_ directory: RunDirectory) throws(CommandFailure) {
    do throws(SystemError) {
      guard let socket = try HostSocket.connect(directory.path) else { return nil }
      line = HostLine(socket: socket)
    } catch {
      throw CommandFailure(
        .hostFailed, "the owner of the sandboxes of `\(directory.path)` cannot be reached: \(error)", status: .failure)
    }
  }

  /// Asks, and passes on what is said about the command until the answer comes.
  func ask(
    _ request: HostRequest, descriptors: [Int32] = [], orders: AsyncStream<HostOrder>? = nil
  ) async throws(CommandFailure) -> HostReply {
    let line = line
    let sent = await WaitingThread.run { (try? line.send(request, descriptors: descriptors)) != nil }
    guard sent else { throw Self.lost }
    let passing = Task {
      guard let orders else { return }
      for await order in orders { try? line.send(order) }
    }
    defer { passing.cancel() }
    let reply = await WaitingThread.run { () -> HostReply? in
      var reader = HostLineReader(line.socket)
      return try? reader.next(HostReply.self)
    }
    guard let reply else { throw Self.lost }
    return reply
  }

  private static let lost = CommandFailure(
    .hostFailed, "the owner of the sandboxes ended before it answered",
    hint: "its sandboxes were destroyed with it; what is left is removed at the next start", status: .failure)
}
