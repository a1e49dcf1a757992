import FoundationEssentials
import NIOHTTP1
import SymbiontCore
import Synchronization

/// One Firecracker process, by its socket.
final class FirecrackerClient: Sendable {
  private let transport: DockerTransport
  private let timeout: Duration
  private let machine = Mutex(FirecrackerMachine())

  private struct Complaint: Decodable {
    var fault: String?
    private enum CodingKeys: String, CodingKey { case fault = "fault_message" }
  }

  /// Names the socket; nothing is sent yet.
  init(socketPath: String, timeout: Duration = .seconds(30)) {
    transport = DockerTransport(socketPath: socketPath, connectTimeout: timeout)
    self.timeout = timeout
  }

  /// Where the machine is.
  var state: FirecrackerMachine.State { machine.withLock { $0.state } }

  /// Makes a call that the machine's state allows.
  func perform(_ operation: FirecrackerMachine.Operation, _ calls: [FirecrackerCall]) async throws(SandboxError) {
    let next: FirecrackerMachine
    do throws(FirecrackerMachine.Refusal) {
      var copy = machine.withLock { $0 }
      try copy.take(operation)
      next = copy
    } catch {
      throw .engineFailed(
        engine: SandboxEngine.firecracker.rawValue,
        reason: "a machine that is `\(error.state.rawValue)` does not allow `\(error.operation.rawValue)`")
    }
    for call in calls { try await send(call) }
    machine.withLock { $0 = next }
  }

  private func send(_ call: FirecrackerCall) async throws(SandboxError) {
    let engine = SandboxEngine.firecracker
    let request = DockerRequest(
      method: call.method, path: call.path, body: DockerRequest.Body(type: "application/json", bytes: call.body),
      timeout: timeout, operation: "\(call.method.rawValue) \(call.path)")
    let response: DockerResponse
    do throws(DockerError) {
      response = try await transport.send(request, version: nil)
    } catch {
      throw .engineFailed(engine: engine.rawValue, reason: error.description)
    }
    guard response.isSuccess else {
      let fault = (try? JSONDecoder().decode(Complaint.self, from: Data(response.body)))?.fault ?? "it gave no reason"
      throw .engineFailed(
        engine: engine.rawValue, reason: "`\(request.operation)` was refused with status \(response.status): \(fault)")
    }
  }
}
