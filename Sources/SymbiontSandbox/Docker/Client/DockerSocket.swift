import Glibc
import SymbiontSystem

/// Where the Docker Engine listens.
enum DockerSocket {
  /// The environment variable that names another socket, as other clients of the engine read it.
  static let environmentVariable = "DOCKER_HOST"
  /// Where it listens unless told otherwise.
  static let defaultPath = "/var/run/docker.sock"

  private static let scheme = "unix://"
  /// `sun_path` of `unix(7)`, with its zero byte.
  private static let maximumPathBytes = 107

  /// A socket that cannot be used, and why.
  struct Refusal: Error, Hashable {
    var reason: String
    var hint: String
  }

  /// The path of the socket: the given one, or what the environment says, or the default.
  ///
  /// Only sockets of this machine are used: limits and files of a sandbox are set up on the machine that it runs on, and
  /// an engine that is reached over a network runs elsewhere.
  static func locate(_ given: String? = nil, environment: String?) throws(Refusal) -> String {
    let path: String
    if let given {
      path = given
    } else if let environment, !environment.isEmpty {
      guard environment.hasPrefix(scheme) else {
        throw Refusal(
          reason: "`\(environmentVariable)` does not name a socket of this machine",
          hint: "only `\(scheme)PATH` can be used: limits and files are set up on the machine of the runtime")
      }
      path = String(environment.dropFirst(scheme.count))
    } else {
      path = defaultPath
    }
    guard path.hasPrefix("/"), !path.utf8.contains(0), path.utf8.count <= maximumPathBytes else {
      throw Refusal(
        reason: "`\(path)` is not an absolute path of at most \(maximumPathBytes) bytes",
        hint: "give the path of the engine's socket as `\(environmentVariable)=\(scheme)PATH`")
    }
    return path
  }

  /// What the environment of this process says.
  static var environment: String? { getenv(environmentVariable).map { String(cString: $0) } }
}
