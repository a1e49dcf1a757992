extension FilesystemConfig {
  /// A directory of the machine that a sandbox sees.
  public struct Mount: Sendable, Hashable, Codable {
    /// The directory on the machine, as an absolute path.
    public let source: String
    /// Where the sandbox sees it, as an absolute path.
    public let target: String
    /// Whether the sandbox cannot write to it.
    public let isReadOnly: Bool

    /// Makes a mount, read-only unless it says otherwise.
    public init(source: String, target: String, isReadOnly: Bool = true) {
      self.source = source
      self.target = target
      self.isReadOnly = isReadOnly
    }

    /// Reads a mount; one that does not say is read-only.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        source: try container.decode(String.self, forKey: .source),
        target: try container.decode(String.self, forKey: .target),
        isReadOnly: try container.value(.isReadOnly, default: true))
    }

    private enum CodingKeys: String, CodingKey {
      case source, target
      case isReadOnly = "read_only"
    }
  }
}
