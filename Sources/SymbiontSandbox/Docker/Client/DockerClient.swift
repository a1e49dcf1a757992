import FoundationEssentials
import NIOHTTP1

/// A client of the Docker Engine API.
struct DockerClient: Sendable {
  /// The connections.
  let transport: DockerTransport
  /// The version of the API that calls use, such as `1.41`; nil before it is known.
  let version: String?
  /// How long an ordinary call may take.
  let timeout: Duration

  /// Decodes the answer of a call.
  func value<Value: Decodable>(
    _ type: Value.Type, _ request: DockerRequest
  ) async throws(DockerError) -> Value {
    let response = try await perform(request)
    do {
      return try JSONDecoder().decode(type, from: Data(response.body))
    } catch {
      // The decoder's words would repeat parts of the answer.
      throw .invalidAnswer(operation: request.operation, reason: "it has not the form of `\(Value.self)`")
    }
  }

  /// Sends a call; throws what the engine refused.
  @discardableResult
  func perform(_ request: DockerRequest) async throws(DockerError) -> DockerResponse {
    let response = try await transport.send(request, version: version)
    guard response.isSuccess else { throw Self.refusal(response, of: request) }
    return response
  }

  /// A call without a body.
  func call(
    _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], operation: String
  ) -> DockerRequest {
    DockerRequest(method: method, path: path, query: query, timeout: timeout, operation: operation)
  }

  /// A call with a JSON body.
  func call<Body: Encodable>(
    _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], body: Body, operation: String
  ) throws(DockerError) -> DockerRequest {
    var request = call(method, path, query: query, operation: operation)
    do {
      request.body = DockerRequest.Body(type: "application/json", bytes: [UInt8](try JSONEncoder().encode(body)))
    } catch {
      throw .invalidAnswer(operation: operation, reason: "its own body could not be written")
    }
    return request
  }

  private struct Complaint: Decodable {
    var message: String
  }

  private static let maximumMessageCharacters = 2_000

  /// The engine explains a refusal in an object; what stands in front of it may answer with anything.
  static func refusal(_ response: DockerResponse, of request: DockerRequest) -> DockerError {
    let message =
      (try? JSONDecoder().decode(Complaint.self, from: Data(response.body)).message)
      ?? String(decoding: response.body, as: UTF8.self)
    let line = message.prefix(maximumMessageCharacters).split(separator: "\n").joined(separator: " ")
    return .refused(
      operation: request.operation, status: response.status, message: line.isEmpty ? "it gave no reason" : line)
  }
}
