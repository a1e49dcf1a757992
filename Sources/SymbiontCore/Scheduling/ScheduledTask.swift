/// A call of an agent's function that is to happen (specification, "Scheduler").
public struct ScheduledTask: Sendable, Hashable, Identifiable {
  /// The task.
  public var id: TaskID
  /// The agent whose function is called.
  public var agentID: AgentID
  /// How urgent the task is.
  public var priority: Priority
  /// When the task comes due, at the earliest.
  public var scheduledTime: Timestamp
  /// How long one attempt may take.
  @WireSeconds public var timeout: Duration
  /// How many times the task was already repeated after a failure.
  public var retryCount: Int
  /// What the agent's function is given; only the one who carries the task out reads it.
  @WireBase64 public var input: [UInt8]
  /// What becomes of the task when the runtime dies while it runs.
  public var interruption: InterruptionPolicy

  /// Makes a value of its parts.
  public init(
    id: TaskID,
    agentID: AgentID,
    priority: Priority = .normal,
    scheduledTime: Timestamp,
    timeout: Duration = .seconds(3_600),
    retryCount: Int = 0,
    input: [UInt8] = [],
    interruption: InterruptionPolicy = .runAgain
  ) {
    self.id = id
    self.agentID = agentID
    self.priority = priority
    self.scheduledTime = scheduledTime
    self.timeout = timeout
    self.retryCount = retryCount
    self.input = input
    self.interruption = interruption
  }
}

extension ScheduledTask: Codable {
  private enum CodingKeys: String, CodingKey {
    case id, priority, timeout, input, interruption
    case agentID = "agent_id"
    case scheduledTime = "scheduled_time"
    case retryCount = "retry_count"
  }

  /// Reads a task; a missing `input` is empty, and a missing `interruption` is `RunAgain`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      id: try container.decode(TaskID.self, forKey: .id),
      agentID: try container.decode(AgentID.self, forKey: .agentID),
      priority: try container.decode(Priority.self, forKey: .priority),
      scheduledTime: try container.decode(Timestamp.self, forKey: .scheduledTime),
      timeout: try container.decode(WireSeconds.self, forKey: .timeout).wrappedValue,
      retryCount: try container.decode(Int.self, forKey: .retryCount),
      input: try container.decodeIfPresent(WireBase64.self, forKey: .input)?.wrappedValue ?? [],
      interruption: try container.value(.interruption, default: .runAgain))
  }
}
