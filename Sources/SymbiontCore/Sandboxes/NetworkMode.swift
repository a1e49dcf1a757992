/// How much of the network a sandbox may reach.
public enum NetworkMode: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing: it has a network of its own that leads nowhere.
  case none = "None"
  /// The listed destinations.
  case allowList = "AllowList"
  /// Everything outside of the machine.
  case full = "Full"
}
