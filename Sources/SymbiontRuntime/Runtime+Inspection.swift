public import SymbiontCore
public import SymbiontLanguage
public import SymbiontStore
internal import Synchronization

/// One execution as it stands in the store.
public struct ExecutionSummary: Sendable {
  /// Where it stands.
  public enum Status: String, Sendable, CaseIterable, Codable {
    case ready = "Ready"
    case waiting = "Waiting"
    case completed = "Completed"
    case failed = "Failed"
    case cancelled = "Cancelled"
  }

  /// The execution.
  public var id: ExecutionID
  /// The agent that was called.
  public var agentID: AgentID
  /// The agent's name in its program.
  public var agentName: String
  /// Whether it is a branch of `parallel` or `race`.
  public var isBranch: Bool
  /// Where it stands.
  public var status: Status
  /// What it was called with.
  public var input: Value
  /// How it ended; `nil` while it has not.
  public var outcome: ExecutionOutcome?
  /// The execution that started it, and with which effect.
  public var parent: (execution: ExecutionID, sequence: Int)?
  /// When it was created.
  public var createdAt: Timestamp
  /// When it last waited, went on or ended.
  public var updatedAt: Timestamp

  init(_ row: ExecutionRow) {
    id = row.id
    agentID = row.agentID
    agentName = row.agentName
    isBranch = row.branchFunction != nil
    status =
      switch row.status {
      case .ready: .ready
      case .waiting: .waiting
      case .completed: .completed
      case .failed: .failed
      case .cancelled: .cancelled
      }
    input = (try? ValueCodec.decode(row.input)) ?? .null
    outcome = row.outcome.flatMap { try? OutcomeCodec.decode($0) }
    parent = row.parent.map { ($0.execution, $0.sequence) }
    createdAt = row.createdAt
    updatedAt = row.updatedAt
  }
}

/// One line of an execution's journal.
public struct EffectSummary: Sendable {
  /// How far the effect has come.
  public enum Status: String, Sendable, CaseIterable, Codable {
    case intended = "Intended"
    case waiting = "Waiting"
    case done = "Done"
  }

  /// Its number, from 0.
  public var sequence: Int
  /// The effect; `nil` when a newer program wrote it.
  public var effect: Effect?
  /// Its name in the language; of a tool, the name that its program gives it.
  public var name: String
  /// The positional arguments.
  public var arguments: [Value]
  /// The named arguments.
  public var options: Record
  /// How far it has come.
  public var status: Status
  /// What it came to.
  public var outcome: EffectOutcome?
  /// When it was asked for.
  public var startedAt: Timestamp
  /// When its outcome was recorded.
  public var finishedAt: Timestamp?

  init(_ row: EffectRow, tools: [String]) {
    sequence = row.sequence
    effect = Effect(rawValue: row.effect)
    let request = RequestCodec.decode(row.request)
    let tool = request.tool.flatMap { tools.indices.contains($0) ? tools[$0] : nil }
    name = tool ?? effect.map { BuiltinSignature.name(of: $0) } ?? "effect \(row.effect)"
    arguments = request.arguments
    options = request.options
    status =
      switch row.state {
      case .intended: .intended
      case .waiting: .waiting
      case .done: .done
      }
    outcome = row.outcome.flatMap { try? OutcomeCodec.decodeEffect($0) }
    startedAt = row.startedAt
    finishedAt = row.finishedAt
  }
}

/// Reads executions and their journals from a data directory, whether or not a runtime owns it.
public struct ExecutionJournal: Sendable {
  private let store: Store

  /// Reads a store that is open already.
  init(store: Store) { self.store = store }

  /// Opens a data directory for reading.
  ///
  /// - Throws: a ``StoreError`` when there is no store or it cannot be read.
  public init(dataDirectory: String) throws(StoreError) { store = try Store.openReadOnly(directory: dataDirectory) }

  /// The newest executions first.
  public func executions(limit: Int = 100) async throws(StoreError) -> [ExecutionSummary] {
    try await store.read { store in try store.executions(limit: limit) }.map { ExecutionSummary($0) }
  }

  /// One execution; `nil` when there is none of this id.
  public func execution(_ id: ExecutionID) async throws(StoreError) -> ExecutionSummary? {
    try await store.read { store in try store.execution(id) }.map { ExecutionSummary($0) }
  }

  /// The journal of an execution in order, from a number on.
  public func effects(
    of id: ExecutionID, from sequence: Int = 0, limit: Int = 1_000
  ) async throws(StoreError) -> [EffectSummary] {
    let (rows, source) = try await store.read { store in
      let rows = try store.effects(of: id, from: sequence, limit: limit)
      let usesTools = rows.contains { Effect(rawValue: $0.effect) == .tool }
      let program = usesTools ? try store.execution(id)?.program : nil
      return (rows, try program.flatMap { hash in try store.program(hash: hash) })
    }
    let program = source.flatMap { SymbiCompiler.compile(SourceText(name: $0.name, bytes: $0.source)).program }
    let tools = program?.tools.map(\.name) ?? []
    return rows.map { EffectSummary($0, tools: tools) }
  }

  /// The executions that an effect started, in the order of its branches.
  public func children(of id: ExecutionID, sequence: Int) async throws(StoreError) -> [ExecutionSummary] {
    try await store.read { store in try store.children(of: id, sequence: sequence) }.map { ExecutionSummary($0) }
  }

  /// Lets go of the data directory.
  public func close() async { await store.close() }
}

extension Runtime {
  /// The directory that holds an agent's files, made when it is missing.
  public func workspace(of agentID: AgentID) async throws(SandboxError) -> String {
    try await services.workspaces.directory(of: agentID)
  }

  /// The executions and journals of this runtime.
  public var journal: ExecutionJournal { ExecutionJournal(store: store) }

  /// One execution; `nil` when there is none of this id.
  public func execution(_ id: ExecutionID) async throws(ExecutionError) -> ExecutionSummary? {
    do { return try await journal.execution(id) } catch { throw .storeFailed(error) }
  }

  /// Cancels an execution and everything below it.
  ///
  /// False when it had ended.
  public func cancel(_ id: ExecutionID) async throws(ExecutionError) -> Bool {
    try await !cancelTree(id).isEmpty
  }

  /// The same; all that was cancelled, the execution included.
  ///
  /// - Parameter outcome: What is stored as the end of the execution, when it is not the usual.
  func cancelTree(
    _ id: ExecutionID, as outcome: [UInt8]? = nil
  ) async throws(ExecutionError) -> [ExecutionID] {
    let initial = engine.records()
    let consequences = try await store.write(throwing: ExecutionError.self) { store in
      var records = initial
      guard try store.execution(id) != nil else { throw ExecutionError.executionNotFound(id) }
      _ = try records.cancel(id, as: outcome, in: store)
      return records.consequences
    }
    engine.apply(consequences)
    return consequences.cancelled
  }

  /// Takes the machines of all waiting executions out of memory; each comes back on its event.
  public func hibernate() { engine.state.withLock { $0.hibernateAll() } }
}
