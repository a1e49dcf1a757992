/// Something that an agent may reach for (specification, "Agent Types").
public enum Capability: Sendable, Hashable {
  /// The files of its workspace.
  case fileSystem
  /// The network.
  case network
  /// Its declared stores.
  case database
  /// A capability that policies and tools know by its name.
  case custom(String)
  /// A capability of a newer version, which this one never grants.
  case unrecognized(String)
}

extension Capability {
  /// The capability of this name; ``custom(_:)`` when it is none of those that the runtime knows.
  public init(name: String) {
    switch name {
    case "FileSystem": self = .fileSystem
    case "Network": self = .network
    case "Database": self = .database
    default: self = .custom(name)
    }
  }

  /// The name of the capability.
  public var name: String {
    switch self {
    case .fileSystem: "FileSystem"
    case .network: "Network"
    case .database: "Database"
    case .custom(let name), .unrecognized(let name): name
    }
  }
}

extension Capability: Codable {
  /// Reads the externally tagged form: `"Network"` or `{"Custom":"gpu"}`.
  ///
  /// Other names are ``unrecognized(_:)``.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Custom", true): self = .custom(try value.payload())
    case (_, true): throw value.unexpected("Capability")
    case (let name, false):
      let known = Capability(name: name)
      self = known == .custom(name) ? .unrecognized(name) : known
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .custom(let name): try encoder.encodeTag("Custom", payload: name)
    default: try encoder.encodeTag(name)
    }
  }
}
