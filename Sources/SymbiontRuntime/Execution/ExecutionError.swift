public import SymbiontCore
public import SymbiontStore

/// Why an execution could not be started, found or followed.
public enum ExecutionError: CodedError {
  /// There is no agent of this id.
  case agentNotFound(AgentID)
  /// The agent takes no calls in its state.
  case agentNotRunning(AgentID, AgentState)
  /// An ephemeral agent is called once.
  case alreadyCalled(AgentID)
  /// The agent failed too often in a row, and is not called until then.
  case circuitOpen(AgentID, until: Timestamp)
  /// The input is not what the agent's parameters declare.
  case inputInvalid(reason: String)
  /// The input is too large.
  case inputTooLarge(maximumBytes: Int)
  /// There is no execution of this id.
  case executionNotFound(ExecutionID)
  /// The store could not read or write what was needed.
  case storeFailed(StoreError)
  /// The runtime stops; the execution goes on when it is started again.
  case shuttingDown

  /// The stable code.
  public var code: String {
    switch self {
    case .agentNotFound: "AGENT_NOT_FOUND"
    case .agentNotRunning: "AGENT_NOT_RUNNING"
    case .alreadyCalled: "AGENT_ALREADY_CALLED"
    case .circuitOpen: "CIRCUIT_OPEN"
    case .inputInvalid: "INPUT_INVALID"
    case .inputTooLarge: "INPUT_TOO_LARGE"
    case .executionNotFound: "EXECUTION_NOT_FOUND"
    case .storeFailed(let error): error.code
    case .shuttingDown: "RUNTIME_SHUTTING_DOWN"
    }
  }

  /// Whether the same request can succeed later, unchanged.
  public var isRetryable: Bool {
    switch self {
    case .agentNotRunning, .circuitOpen, .shuttingDown: true
    case .storeFailed(let error): error.isRetryable
    default: false
    }
  }

  /// What happened, with what, and what to do.
  public var message: String {
    switch self {
    case .agentNotFound(let id): "there is no agent `\(id)`; list the agents to see which there are"
    case .agentNotRunning(let id, let state): "agent `\(id)` is \(state.rawValue); start it first"
    case .alreadyCalled(let id): "agent `\(id)` is ephemeral and was called already; create another one"
    case .circuitOpen(let id, let until): "agent `\(id)` failed too often in a row; it is called again from \(until) on"
    case .inputInvalid(let reason): reason
    case .inputTooLarge(let maximum): "the input has more than \(maximum) bytes; pass large data as a file"
    case .executionNotFound(let id): "there is no execution `\(id)` in this data directory"
    case .storeFailed(let error): "\(error)"
    case .shuttingDown: "the runtime stopped before the execution ended; it goes on at the next start"
    }
  }
}

extension ExecutionError: StoreClientError {}
