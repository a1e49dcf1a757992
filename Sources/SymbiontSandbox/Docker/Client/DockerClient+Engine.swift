import NIOHTTP1

extension DockerClient {
  /// Whether the engine answers at all, which needs no version.
  func ping() async throws(DockerError) {
    try await perform(call(.GET, "/_ping", operation: "ping"))
  }

  /// The versions of the engine and of its API.
  func versions() async throws(DockerError) -> DockerVersionAnswer {
    try await value(DockerVersionAnswer.self, call(.GET, "/version", operation: "version"))
  }

  /// What the engine says of itself and its machine.
  func information() async throws(DockerError) -> DockerInformation {
    try await value(DockerInformation.self, call(.GET, "/info", operation: "info"))
  }

  /// A client of the same engine that uses a version of its API.
  func using(_ version: DockerVersion) -> DockerClient {
    DockerClient(transport: transport, version: version.description, timeout: timeout)
  }
}
