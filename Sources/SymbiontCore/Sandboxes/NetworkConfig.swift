/// What a sandbox may reach over the network.
public struct NetworkConfig: Sendable, Hashable {
  /// How much it may reach.
  public var mode: NetworkMode
  /// What may be reached in the mode `.allowList`.
  public var allowedDestinations: [NetworkDestination]

  /// Makes a configuration; what is not given has its default.
  public init(
    mode: NetworkMode = .none,
    allowedDestinations: [NetworkDestination] = []
  ) {
    self.mode = mode
    self.allowedDestinations = allowedDestinations
  }
}

extension NetworkConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case mode
    case allowedDestinations = "allowed_destinations"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = NetworkConfig()
    self.init(
      mode: try container.value(.mode, default: defaults.mode),
      allowedDestinations: try container.value(.allowedDestinations, default: defaults.allowedDestinations))
  }
}
