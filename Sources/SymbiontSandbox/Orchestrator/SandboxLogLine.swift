public import SymbiontCore

/// One line of a sandbox's log.
public struct SandboxLogLine: Sendable, Hashable, Codable {
  /// Who said it.
  public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
    /// The orchestrator.
    case orchestrator
    /// The first process of the sandbox.
    case guest
    /// The program that makes the sandbox.
    case engine
    /// What commands printed.
    case standardOutput = "stdout"
    /// What commands printed as errors.
    case standardError = "stderr"
  }

  /// When it was said.
  public var time: Timestamp
  /// Who said it.
  public var source: Source
  /// What was said.
  public var text: String

  /// Makes a value of its parts.
  public init(time: Timestamp, source: Source, text: String) {
    self.time = time
    self.source = source
    self.text = text
  }
}
