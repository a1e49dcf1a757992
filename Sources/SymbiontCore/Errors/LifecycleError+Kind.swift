extension LifecycleError {
  /// The kinds of this error, by their stable codes.
  public enum Kind: String, ErrorKind {
    case agentNotFound = "AGENT_NOT_FOUND"
    case agentAlreadyExists = "AGENT_ALREADY_EXISTS"
    case invalidStateTransition = "AGENT_STATE_INVALID"
    case initializationFailed = "AGENT_INITIALIZATION_FAILED"
    case startFailed = "AGENT_START_FAILED"
    case limitUnenforceable = "AGENT_LIMIT_UNENFORCEABLE"
    case terminationFailed = "AGENT_TERMINATION_FAILED"
    case configurationInvalid = "AGENT_CONFIGURATION_INVALID"
    case programInvalid = "AGENT_PROGRAM_INVALID"
    case denied = "AGENT_DENIED"
    case resourcesUnavailable = "AGENT_RESOURCES_UNAVAILABLE"
    case restartLimitReached = "AGENT_RESTART_LIMIT_REACHED"
    case limitReached = "AGENT_LIMIT_REACHED"
    case timedOut = "LIFECYCLE_TIMED_OUT"
    case storeFailed = "LIFECYCLE_STORE_FAILED"
    case shuttingDown = "LIFECYCLE_SHUTTING_DOWN"

    /// The part of the runtime that reports these errors.
    public static var component: String { "lifecycle" }

    /// Whether the same request can succeed later, unchanged.
    public var isRetryable: Bool {
      switch self {
      case .terminationFailed, .resourcesUnavailable, .limitReached, .timedOut, .storeFailed, .shuttingDown: true
      case .agentNotFound, .agentAlreadyExists, .invalidStateTransition, .initializationFailed, .startFailed,
        .limitUnenforceable, .configurationInvalid, .programInvalid, .denied, .restartLimitReached:
        false
      }
    }

    /// What the error means, and what to do about it.
    public var explanation: String {
      switch self {
      case .agentNotFound:
        "No agent has this id. List the agents to see the ids that exist."
      case .agentAlreadyExists:
        "An agent of this id exists already. Update its configuration, or create the agent under another id."
      case .invalidStateTransition:
        """
        The state of the agent does not allow this operation. Read its state and choose an operation that it \
        allows.
        """
      case .initializationFailed:
        """
        The agent could not be made ready to run. The message says why: correct it and initialize the agent \
        again.
        """
      case .startFailed:
        "The agent could not be started. The message says why: correct it and start the agent again."
      case .limitUnenforceable:
        """
        This machine cannot keep the agent's commands to a limit, so the agent is not started. `symbi doctor` shows what \
        is missing; `--allow-unenforced-limits` weakens this by name.
        """
      case .terminationFailed:
        """
        The agent could not be ended and may still hold resources. Try again; what is left over is reaped at \
        the next start.
        """
      case .configurationInvalid:
        "The configuration of the agent is refused. The message names the field and its bounds: correct it."
      case .programInvalid:
        """
        The source of the agent does not pass the checks of the language. Run `symbi check` to see all \
        findings with their positions.
        """
      case .denied:
        """
        Policy refuses the operation on this agent. Change the request, or have the operator change the \
        policy that the message names.
        """
      case .resourcesUnavailable:
        """
        The resources that the agent needs are not free at present. Lower its limits, or try again when other \
        agents have ended.
        """
      case .restartLimitReached:
        """
        The agent was restarted as often as its configuration allows. Find the cause in its log, then restart \
        it by hand.
        """
      case .limitReached:
        "The runtime holds as many agents as it may. Terminate one, or raise `max_agents`."
      case .timedOut:
        "A lifecycle operation did not end in time. Try again, or raise its timeout."
      case .storeFailed:
        """
        The store could not read or write what this needed, and nothing was changed. Look at the disk and the \
        log of the store, then try again.
        """
      case .shuttingDown:
        "The component no longer takes work because the runtime stops. Try again after the restart."
      }
    }
  }

  /// Which of the kinds this error is.
  public var kind: Kind {
    switch self {
    case .agentNotFound: .agentNotFound
    case .agentAlreadyExists: .agentAlreadyExists
    case .invalidStateTransition: .invalidStateTransition
    case .initializationFailed: .initializationFailed
    case .startFailed: .startFailed
    case .limitUnenforceable: .limitUnenforceable
    case .terminationFailed: .terminationFailed
    case .configurationInvalid: .configurationInvalid
    case .programInvalid: .programInvalid
    case .denied: .denied
    case .resourcesUnavailable: .resourcesUnavailable
    case .restartLimitReached: .restartLimitReached
    case .limitReached: .limitReached
    case .timedOut: .timedOut
    case .storeFailed: .storeFailed
    case .shuttingDown: .shuttingDown
    }
  }
}
