import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

/// A Docker Engine that answers, in the version that is spoken with it.
struct DockerEngine: Sendable {
  /// Why an engine cannot be used, and what to do.
  struct Unusable: Error, Hashable {
    var reason: String
    var hint: String?
    /// Whether there is no engine at all.
    var isAbsent = false

    /// The error for callers of the driver.
    func sandboxError(_ engine: SandboxEngine) -> SandboxError {
      .engineMissing(engine: engine.rawValue, hint: [reason, hint].compactMap { $0 }.joined(separator: "; "))
    }
  }

  /// Its client, which uses the negotiated version.
  let client: DockerClient
  /// Where it listens.
  let socketPath: String
  /// What it says its version is.
  let version: String
  /// What it says of itself.
  let information: DockerInformation

  /// Connects to the engine, agrees on a version, and checks that its containers can be sandboxes.
  static func find(
    _ configuration: DockerConfiguration, for engine: SandboxEngine
  ) async throws(Unusable) -> DockerEngine {
    let path = try socketPath(configuration)
    let client = DockerClient(
      transport: DockerTransport(socketPath: path, connectTimeout: configuration.connectTimeout), version: nil,
      timeout: configuration.callTimeout)
    let versions = try await Self.asking { () throws(DockerError) in
      try await client.ping()
      return try await client.versions()
    }
    let negotiated = client.using(try negotiate(versions))
    let information = try await Self.asking { () throws(DockerError) in try await negotiated.information() }
    let found = DockerEngine(
      client: negotiated, socketPath: path, version: versions.version, information: information)
    if let unusable = information.objection(to: engine, kernel: Self.runningKernel) { throw unusable }
    return found
  }

  private static func asking<Value>(_ body: () async throws(DockerError) -> Value) async throws(Unusable) -> Value {
    do throws(DockerError) {
      return try await body()
    } catch {
      var unusable = Unusable(reason: error.description, hint: error.hint)
      if case .socketMissing = error { unusable.isAbsent = true }
      throw unusable
    }
  }

  /// The release of this machine's kernel.
  private static var runningKernel: String? {
    KernelFile.text("/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init)
  }

  private static func socketPath(_ configuration: DockerConfiguration) throws(Unusable) -> String {
    do throws(DockerSocket.Refusal) {
      return try DockerSocket.locate(configuration.socketPath, environment: DockerSocket.environment)
    } catch {
      throw Unusable(reason: error.reason, hint: error.hint)
    }
  }

  /// The version to use with an engine.
  static func negotiate(_ versions: DockerVersionAnswer) throws(Unusable) -> DockerVersion {
    guard let newest = DockerVersion(versions.newest) else {
      throw Unusable(
        reason: "`\(versions.newest)` is no version of the Docker Engine API", hint: "check what listens on the socket")
    }
    let oldest = versions.oldest.flatMap { DockerVersion($0) }
    guard let version = DockerVersion.negotiated(newest: newest, oldest: oldest) else {
      throw Unusable(
        reason: "its API is version \(newest), and \(DockerVersion.oldest) is needed",
        hint: "install Docker Engine 20.10 or newer")
    }
    return version
  }
}
