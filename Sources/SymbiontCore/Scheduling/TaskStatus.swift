/// What became of a task.
public enum TaskStatus: Sendable, Hashable {
  /// It waits to come due or to be admitted.
  case pending
  /// It is being executed.
  case running
  /// Its agent waits for a message, a timer or an approval.
  case waiting
  /// An attempt failed; the next one, counted from 1, is due at this time.
  case retrying(attempt: Int, at: Timestamp)
  /// It ended well, with this result.
  case completed(result: [UInt8])
  /// It failed for good.
  case failed(ErrorRecord)
  /// It was cancelled.
  case cancelled
  /// It was stopped at its timeout.
  case timedOut
}

extension TaskStatus {
  /// Whether the task has ended, so that its status no longer changes.
  public var isFinal: Bool {
    switch self {
    case .completed, .failed, .cancelled, .timedOut: true
    case .pending, .running, .waiting, .retrying: false
    }
  }

  /// The name of the status, without its payload.
  public var name: String {
    switch self {
    case .pending: "Pending"
    case .running: "Running"
    case .waiting: "Waiting"
    case .retrying: "Retrying"
    case .completed: "Completed"
    case .failed: "Failed"
    case .cancelled: "Cancelled"
    case .timedOut: "TimedOut"
    }
  }
}

extension TaskStatus: Codable {
  /// Reads the externally tagged form: `"Pending"` or `{"Failed":{"code":…}}`.
  ///
  /// A completed task without a result is `"Completed"`.
  public init(from decoder: any Decoder) throws {
    let value = try TaggedValue(from: decoder)
    switch (value.tag, value.hasPayload) {
    case ("Pending", false): self = .pending
    case ("Running", false): self = .running
    case ("Waiting", false): self = .waiting
    case ("Completed", false): self = .completed(result: [])
    case ("Completed", true):
      self = .completed(result: try value.fields().decode(WireBase64.self, forKey: "result").wrappedValue)
    case ("Cancelled", false): self = .cancelled
    case ("TimedOut", false): self = .timedOut
    case ("Failed", true): self = .failed(try value.payload())
    case ("Retrying", true):
      let fields = try value.fields()
      self = .retrying(
        attempt: try fields.decode(Int.self, forKey: "attempt"),
        at: try fields.decode(Timestamp.self, forKey: "at"))
    default: throw value.unexpected("TaskStatus")
    }
  }

  /// Writes the externally tagged form.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .failed(let error): try encoder.encodeTag(name, payload: error)
    case .retrying(let attempt, let time):
      try encoder.encodeTag(name) { fields in
        try fields.encode(attempt, forKey: "attempt")
        try fields.encode(time, forKey: "at")
      }
    case .completed(let result) where !result.isEmpty:
      try encoder.encodeTag(name) { fields in
        try fields.encode(WireBase64(wrappedValue: result), forKey: "result")
      }
    case .pending, .running, .waiting, .completed, .cancelled, .timedOut: try encoder.encodeTag(name)
    }
  }
}
