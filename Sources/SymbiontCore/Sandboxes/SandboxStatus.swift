/// Where a sandbox is in its life.
public enum SandboxStatus: Sendable, Hashable {
  /// It is known; nothing of it runs.
  case created
  /// It is being started.
  case starting
  /// Commands can be executed in it.
  case running
  /// Everything in it is held still, and goes on when it is resumed.
  case paused
  /// It is being stopped.
  case stopping
  /// Nothing of it runs; its files are kept.
  case stopped
  /// It could not be started or kept running.
  case failed(reason: String)
  /// Nothing of it is left.
  case destroyed
}

extension SandboxStatus {
  /// The name of the status, without its payload.
  public var name: String {
    switch self {
    case .created: "Created"
    case .starting: "Starting"
    case .running: "Running"
    case .paused: "Paused"
    case .stopping: "Stopping"
    case .stopped: "Stopped"
    case .failed: "Failed"
    case .destroyed: "Destroyed"
    }
  }
}

extension SandboxStatus: Codable {
  /// Reads the externally tagged form: `"Running"` or `{"Failed":{"reason":…}}`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Created", false): self = .created
    case ("Starting", false): self = .starting
    case ("Running", false): self = .running
    case ("Paused", false): self = .paused
    case ("Stopping", false): self = .stopping
    case ("Stopped", false): self = .stopped
    case ("Destroyed", false): self = .destroyed
    case ("Failed", true): self = .failed(reason: try value.fields().decode(String.self, forKey: "reason"))
    default: throw value.unexpected("SandboxStatus")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .failed(let reason): try encoder.encodeTag(name) { try $0.encode(reason, forKey: "reason") }
    case .created, .starting, .running, .paused, .stopping, .stopped, .destroyed: try encoder.encodeTag(name)
    }
  }
}
