/// How a command ended.
///
/// A non-zero code, a signal and a timeout are results, not errors.
public struct CommandResult: Sendable, Hashable {
  /// The exit code; 128 and the signal's number when a signal ended it.
  public var exitCode: Int32
  /// The number of the signal that ended it; nil when it exited by itself.
  public var signal: Int32?
  /// What it printed.
  @WireBase64 public var standardOutput: [UInt8]
  /// What it printed as errors.
  @WireBase64 public var standardError: [UInt8]
  /// Whether it was killed at its timeout.
  public var timedOut: Bool
  /// The limits at which the kernel stopped it or held it back.
  public var violations: [ResourceKind]
  /// How long it ran.
  @WireSeconds public var elapsed: Duration

  /// Makes a value of its parts.
  public init(
    exitCode: Int32,
    signal: Int32? = nil,
    standardOutput: [UInt8] = [],
    standardError: [UInt8] = [],
    timedOut: Bool = false,
    violations: [ResourceKind] = [],
    elapsed: Duration = .zero
  ) {
    self.exitCode = exitCode
    self.signal = signal
    self.standardOutput = standardOutput
    self.standardError = standardError
    self.timedOut = timedOut
    self.violations = violations
    self.elapsed = elapsed
  }
}

extension CommandResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case signal, violations, elapsed
    case exitCode = "exit_code"
    case standardOutput = "stdout"
    case standardError = "stderr"
    case timedOut = "timed_out"
  }
}

extension CommandResult {
  /// Whether the command did what it was to do: it exited by itself with code zero, in time.
  public var isSuccess: Bool { exitCode == 0 && signal == nil && !timedOut }

  /// Whether the kernel killed a process of the command because it used more memory than its limit.
  public var exceededMemory: Bool { violations.contains(.memory) }
}
