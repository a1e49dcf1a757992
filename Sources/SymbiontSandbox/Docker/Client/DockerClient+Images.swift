import FoundationEssentials
import NIOHTTP1

extension DockerClient {
  private static let notFound = 404

  /// Whether the engine has an image.
  func hasImage(_ reference: String) async throws(DockerError) -> Bool {
    do throws(DockerError) {
      try await perform(call(.GET, "/images/\(reference)/json", operation: "inspect image"))
      return true
    } catch {
      guard error.status == Self.notFound else { throw error }
      return false
    }
  }

  /// Makes an image of one layer from a tar archive.
  func importImage(_ archive: [UInt8], repository: String, tag: String) async throws(DockerError) {
    var request = call(
      .POST, "/images/create", query: [("fromSrc", "-"), ("repo", repository), ("tag", tag)],
      operation: "import image")
    request.body = DockerRequest.Body(type: "application/x-tar", bytes: archive)
    let response = try await perform(request)
    // Once the engine has begun to report progress, a failure is a line of the report.
    for line in response.body.split(separator: UInt8(ascii: "\n")) {
      if let failure = (try? JSONDecoder().decode(DockerProgressLine.self, from: Data(line)))?.error {
        throw .refused(operation: request.operation, status: response.status, message: failure)
      }
    }
  }
}
