/// A host and port that a sandbox may reach.
public struct NetworkDestination: Sendable, Hashable {
  /// A host name or an address; a name may begin with `*.` for all names below it.
  public var host: String
  /// The port, from 1.
  public var port: UInt16

  /// Makes a value of its parts.
  public init(
    host: String,
    port: UInt16
  ) {
    self.host = host
    self.port = port
  }
}

extension NetworkDestination: Codable {
  private enum CodingKeys: String, CodingKey {
    case host, port
  }
}
