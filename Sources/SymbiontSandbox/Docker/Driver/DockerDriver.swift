import FoundationEssentials
public import Logging
import SymbiontCore
import SymbiontSystem

/// Makes sandboxes as containers of a Docker Engine (tier 1), or of one that runs gVisor (tier 2).
///
/// It speaks with the engine over its socket. Whoever may use that socket has all rights on the machine, so the runtime
/// has them too; the commands have none. The engine gives a container no user namespace of its own: the guest is the
/// machine's user 0 with three capabilities only, to stop the commands and to start them as another user, and the
/// commands are a user of the machine that owns nothing but the workspace.
public struct DockerDriver: SandboxDriver {
  /// ``SandboxEngine/docker`` or ``SandboxEngine/dockerRunsc``.
  public let engine: SandboxEngine
  /// How containers are made.
  public let configuration: DockerConfiguration
  let logger: Logger
  let labels: DockerLabels
  let connection: Connection

  /// Makes a driver; nothing is looked for before it is used.
  ///
  /// - Parameter usesGVisor: Whether containers are run by gVisor, which the engine must know as `runsc`.
  public init(
    _ configuration: DockerConfiguration, usesGVisor: Bool = false,
    logger: Logger = Logger(label: "symbiont.sandbox.docker")
  ) {
    engine = usesGVisor ? .dockerRunsc : .docker
    self.configuration = configuration
    self.logger = logger
    labels = DockerLabels(instance: configuration.instance, engine: engine)
    connection = Connection(configuration, for: engine)
  }

  /// Looks whether the engine answers, in which version, and what it can limit.
  public func examine() async -> EngineReport {
    do throws(DockerEngine.Unusable) {
      let found = try await DockerEngine.find(configuration, for: engine)
      return EngineReport(
        engine: engine, path: found.socketPath, version: found.version,
        capabilities: found.information.capabilities(hasSwap: Self.hasSwap))
    } catch {
      return EngineReport(
        engine: engine,
        path: try? DockerSocket.locate(configuration.socketPath, environment: DockerSocket.environment),
        failure: error.reason, hint: error.hint)
    }
  }

  /// Whether the machine swaps: the table has a line for each device below its heading.
  static var hasSwap: Bool {
    guard let data = KernelFile.bytes("/proc/swaps") else { return true }
    return data.split(separator: UInt8(ascii: "\n")).count > 1
  }
}

extension DockerDriver {
  /// The engine, found on first use, and the images that it is known to have.
  actor Connection {
    private let configuration: DockerConfiguration
    private let kind: SandboxEngine
    private var current: Task<Result<DockerEngine, DockerEngine.Unusable>, Never>?
    private var images: Set<String> = []

    init(_ configuration: DockerConfiguration, for kind: SandboxEngine) {
      self.configuration = configuration
      self.kind = kind
    }

    /// The engine; it is looked for again only after a failure.
    func engine() async throws(SandboxError) -> DockerEngine {
      try configuration.validate()
      do throws(DockerEngine.Unusable) {
        return try await found()
      } catch {
        throw error.sandboxError(kind)
      }
    }

    /// The engine; nil when there is none at all.
    func engineIfPresent() async throws(SandboxError) -> DockerEngine? {
      try configuration.validate()
      do throws(DockerEngine.Unusable) {
        return try await found()
      } catch {
        guard !error.isAbsent else { return nil }
        throw error.sandboxError(kind)
      }
    }

    private func found() async throws(DockerEngine.Unusable) -> DockerEngine {
      let task =
        current
        ?? Task { [configuration, kind] in
          do throws(DockerEngine.Unusable) {
            return .success(try await DockerEngine.find(configuration, for: kind))
          } catch {
            return .failure(error)
          }
        }
      current = task
      switch await task.value {
      case .success(let engine): return engine
      case .failure(let unusable):
        if current == task { current = nil }
        throw unusable
      }
    }

    /// Imports an image, unless the engine has it.
    func provide(_ image: DockerBaseImage, _ client: DockerClient) async throws(DockerError) {
      guard !images.contains(image.tag) else { return }
      try await image.provide(client)
      images.insert(image.tag)
    }

    /// Forgets what the engine is known to have, because it turned out to have lost it.
    func forgetImages() {
      images = []
    }
  }
}
