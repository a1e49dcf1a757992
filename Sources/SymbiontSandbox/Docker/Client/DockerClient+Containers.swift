import FoundationEssentials
import NIOHTTP1

extension DockerClient {
  private static let notFound = 404
  private static let conflict = 409

  /// Makes a container, which does not run yet.
  func createContainer(
    _ request: DockerContainerRequest, name: String
  ) async throws(DockerError) -> DockerCreatedContainer {
    try await value(
      DockerCreatedContainer.self,
      try call(.POST, "/containers/create", query: [("name", name)], body: request, operation: "create container"))
  }

  /// Starts the first process of a container.
  func startContainer(_ containerID: String) async throws(DockerError) {
    try await perform(call(.POST, "/containers/\(containerID)/start", operation: "start container"))
  }

  /// Stops every process of a container from running.
  func pauseContainer(_ containerID: String) async throws(DockerError) {
    try await perform(call(.POST, "/containers/\(containerID)/pause", operation: "pause container"))
  }

  /// Lets the processes of a container run again.
  func unpauseContainer(_ containerID: String) async throws(DockerError) {
    try await perform(call(.POST, "/containers/\(containerID)/unpause", operation: "unpause container"))
  }

  /// Changes the limits of a container.
  func updateContainer(_ containerID: String, _ resources: DockerResources) async throws(DockerError) {
    try await perform(
      try call(.POST, "/containers/\(containerID)/update", body: resources, operation: "update container"))
  }

  /// What is known of a container.
  func inspectContainer(_ containerID: String) async throws(DockerError) -> DockerInspectedContainer {
    try await value(
      DockerInspectedContainer.self, call(.GET, "/containers/\(containerID)/json", operation: "inspect container"))
  }

  /// Returns once a container does not run; it may take for ever, until the caller is cancelled.
  func waitForContainer(_ containerID: String) async throws(DockerError) -> DockerWaitAnswer {
    var request = call(
      .POST, "/containers/\(containerID)/wait", query: [("condition", "not-running")], operation: "wait for container")
    request.timeout = nil
    return try await value(DockerWaitAnswer.self, request)
  }

  /// Kills what runs in a container and removes it with its anonymous volumes.
  ///
  /// That there is none is no error; false then. When somebody else is removing it, their end is waited for.
  @discardableResult
  func removeContainer(_ containerID: String) async throws(DockerError) -> Bool {
    let request = call(
      .DELETE, "/containers/\(containerID)", query: [("force", "1"), ("v", "1")], operation: "remove container")
    do throws(DockerError) {
      try await perform(request)
      return true
    } catch {
      switch error.status {
      case Self.notFound: return false
      case Self.conflict:
        try await waitForRemoval(containerID)
        return true
      default: throw error
      }
    }
  }

  private func waitForRemoval(_ containerID: String) async throws(DockerError) {
    do throws(DockerError) {
      try await perform(
        call(
          .POST, "/containers/\(containerID)/wait", query: [("condition", "removed")],
          operation: "wait for the container's removal"))
    } catch {
      guard error.status == Self.notFound else { throw error }
    }
  }

  /// The containers, running or not, that have all of the labels.
  func listContainers(labels: [String: String]) async throws(DockerError) -> [DockerListedContainer] {
    let wanted = labels.map { "\($0.key)=\($0.value)" }.sorted()
    let filters = (try? JSONEncoder().encode(["label": wanted])).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return try await value(
      [DockerListedContainer].self,
      call(.GET, "/containers/json", query: [("all", "1"), ("filters", filters)], operation: "list containers"))
  }
}
