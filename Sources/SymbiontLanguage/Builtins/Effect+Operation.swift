extension Effect {
  /// The operation that policies speak of; `nil` for effects that no policy governs.
  ///
  /// A tool's is `tool:NAME`.
  public var operation: String? {
    switch self {
    case .now, .random, .uuid, .sleep, .log, .checkpoint, .parallel, .race: nil
    case .auditLog: "audit"
    case .send, .reply: "send"
    case .publish: "publish"
    case .subscribe, .unsubscribe: "subscribe"
    case .receive: "receive"
    case .ask: "ask"
    case .spawn: "spawn"
    case .call: "call"
    case .exec: "exec"
    case .readFile: "read_file"
    case .writeFile: "write_file"
    case .listFiles: "list_files"
    case .deleteFile: "delete_file"
    case .http: "http"
    case .remember, .forget, .memoryWrite: "memory_write"
    case .recall, .memorySearch: "memory_read"
    case .requestApproval: "request_approval"
    case .tool: "tool"
    }
  }

  /// Whether the effect reaches outside the runtime's own store.
  ///
  /// An agent without any policy is denied these.
  public var isOutside: Bool {
    switch self {
    case .exec, .tool, .http, .readFile, .writeFile, .listFiles, .deleteFile: true
    default: false
    }
  }

  /// The capability that an agent must declare to use the effect.
  public var requiredCapability: String? {
    switch self {
    case .readFile, .writeFile, .listFiles, .deleteFile: "FileSystem"
    case .http: "Network"
    default: nil
    }
  }
}

extension Effect {
  /// Whether others than the agent itself could notice the effect: what `require: approval(…)` without a subject covers.
  public var isConsequential: Bool {
    switch self {
    case .send, .reply, .publish, .ask, .spawn, .call: true
    default: isOutside
    }
  }
}
