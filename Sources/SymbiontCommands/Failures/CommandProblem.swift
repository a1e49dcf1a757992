import SymbiontCore

/// What the command line itself finds wrong, by stable code.
enum CommandProblem: String, ErrorKind {
  case usage = "USAGE"
  case fileNotFound = "FILE_NOT_FOUND"
  case fileUnreadable = "FILE_UNREADABLE"
  case fileIsDirectory = "FILE_IS_DIRECTORY"
  case fileNotText = "FILE_NOT_UTF8"
  case fileTooLarge = "FILE_TOO_LARGE"
  case fileUnwritable = "FILE_UNWRITABLE"
  case inputNotJSON = "INPUT_NOT_JSON"
  case inputInvalid = "INPUT_INVALID"
  case inputTooLarge = "INPUT_TOO_LARGE"
  case agentMissing = "PROGRAM_WITHOUT_AGENT"
  case agentUnknown = "AGENT_UNKNOWN"
  case executionUnknown = "EXECUTION_NOT_FOUND"
  case executionCancelled = "EXECUTION_CANCELLED"
  case resultNotJSON = "RESULT_NOT_JSON"
  case outputFailed = "OUTPUT_FAILED"
  case hostFailed = "SANDBOX_HOST_FAILED"

  /// The part of the runtime that reports these errors.
  static var component: String { "command line" }

  /// Whether the same command can succeed later, unchanged.
  var isRetryable: Bool { self == .outputFailed || self == .fileUnwritable || self == .hostFailed }

  /// What the error means, and what to do about it.
  var explanation: String {
    switch self {
    case .usage: "The arguments are not what the command takes. Its help, `symbi help COMMAND`, lists them."
    case .fileNotFound: "There is no file of this name. Check the path."
    case .fileUnreadable: "The system refuses to read the file. The message repeats what it said."
    case .fileIsDirectory: "A directory stands where a file is needed. Name a file in it."
    case .fileNotText: "The file is not UTF-8 text. The message names the first byte that is not; convert the file."
    case .fileTooLarge: "The file is larger than is read. The message names the limit."
    case .fileUnwritable: "The formatted file could not be written; the old one is untouched."
    case .inputNotJSON: "The input is not JSON. The message names the line and column."
    case .inputInvalid: "The input is not what the agent's parameters declare. The message names the path in it."
    case .inputTooLarge: "The input is larger than an execution takes. Pass large data as a file with `--file`."
    case .agentMissing: "The program declares no agent, so there is nothing to run."
    case .agentUnknown: "The program declares no agent of this name. The message lists those it declares."
    case .executionUnknown: "The data directory holds no execution of this id. `symbi executions list` shows them."
    case .executionCancelled: "The execution was cancelled before it ended; it has no result."
    case .resultNotJSON: "The result holds a value that JSON cannot express. Return something else."
    case .outputFailed: "Standard output does not take what is written: its reader went away, or its disk is full."
    case .hostFailed:
      "The process that owns the sandboxes of the data directory could not be started or reached, or ended. Try again."
    }
  }
}
