public import SymbiontCore

/// A worker of this process.
public struct LocalLane: TaskWorker {
  /// What the lane is called.
  public let name: String
  /// How many tasks it carries out at once.
  public let capacity: Int
  /// How often it is chosen beside others.
  public let weight: Int
  private let performer: any TaskPerformer

  /// Makes a lane that carries tasks out by the performer.
  public init(name: String, capacity: Int, weight: Int = 1, performer: any TaskPerformer) {
    self.name = name
    self.capacity = max(1, capacity)
    self.weight = max(1, weight)
    self.performer = performer
  }

  /// Whether the performer does.
  public var resumesAttempts: Bool { performer.resumesAttempts }

  /// Has the performer end what is left of an attempt.
  public func abandon(_ task: ScheduledTask) async { await performer.abandon(task) }

  /// Carries one attempt out.
  public func perform(_ attempt: TaskAttempt) async throws -> [UInt8] {
    try await performer.perform(attempt)
  }
}
