/// A place where tasks are carried out: a lane of this process, or another machine.
public protocol TaskWorker: TaskPerformer {
  /// What the worker is called.
  var name: String { get }
  /// How many tasks it carries out at once, at least one.
  var capacity: Int { get }
  /// How often it is chosen beside others, at least one; weighted round robin alone looks at it.
  var weight: Int { get }
  /// Whether it can fail by itself, so that it is checked. A lane of this process cannot, and costs no checks.
  var isChecked: Bool { get }

  /// Tells how the worker is; called every `health_check_interval` when it is checked.
  ///
  /// A check that throws, or does not return before the next one is due, counts as failed. It must heed cancellation.
  func checkHealth() async throws -> WorkerHealth
}

extension TaskWorker {
  /// The usual.
  public var weight: Int { 1 }
  /// The usual: it cannot fail by itself.
  public var isChecked: Bool { false }

  /// All well.
  public func checkHealth() async throws -> WorkerHealth { WorkerHealth() }
}
