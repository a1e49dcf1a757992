public import SymbiontCore

extension SandboxCommand {
  /// The bounds of a command.
  public enum Bounds {
    /// The kernel's bound on one argument or variable (`MAX_ARG_STRLEN` of Linux, with its final zero byte).
    public static let argumentBytes = 131_071
    /// The arguments and the environment together: below the kernel's bound of a quarter of an 8 MiB stack.
    public static let argumentsAndEnvironmentBytes = 1_048_576
    /// The standard input, which is kept in memory.
    public static let standardInputBytes = 67_108_864
    /// What is kept of one stream.
    public static let outputBytes = 1...268_435_456
    /// Processes and threads.
    ///
    /// Two are the least with which the engine can start a command.
    public static let processes = 2...32_768
    /// The longest run is a day: a command is one effect, not a service.
    public static let timeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
  }

  /// Checks everything that can be checked before something is started.
  ///
  /// - Throws: ``SandboxError/commandInvalid(reason:)`` or ``SandboxError/configurationInvalid(reason:)``.
  public func validate() throws(SandboxError) {
    try validateArguments()
    try validateEnvironment()
    guard standardInput.count <= Bounds.standardInputBytes else {
      throw .commandInvalid(
        reason: "its standard input has \(standardInput.count) bytes, the maximum is \(Bounds.standardInputBytes)")
    }
    guard Bounds.timeout.contains(timeout) else {
      throw .commandInvalid(reason: "its timeout is \(timeout), it must be from 1 millisecond to 1 day")
    }
    guard Bounds.outputBytes.contains(outputLimitBytes) else {
      throw .commandInvalid(
        reason: "its output limit is \(outputLimitBytes) bytes, it must be in \(Bounds.outputBytes)")
    }
    guard Bounds.processes.contains(processLimit) else {
      throw .commandInvalid(reason: "its process limit is \(processLimit), it must be in \(Bounds.processes)")
    }
    guard workspace.hasPrefix("/"), !workspace.utf8.contains(0) else {
      throw .configurationInvalid(reason: "the workspace `\(workspace)` is not an absolute path")
    }
    do throws(ConfigurationError) {
      try limits.validate()
    } catch {
      throw .configurationInvalid(reason: error.message)
    }
  }

  private func validateArguments() throws(SandboxError) {
    guard let program = arguments.first, !program.isEmpty else {
      throw .commandInvalid(reason: "it names no program: give the program as the first argument")
    }
    for (index, argument) in arguments.enumerated() {
      guard argument.utf8.count <= Bounds.argumentBytes else {
        throw .commandInvalid(
          reason: "argument \(index) has \(argument.utf8.count) bytes, the maximum is \(Bounds.argumentBytes)")
      }
      guard !argument.utf8.contains(0) else {
        throw .commandInvalid(reason: "argument \(index) holds a zero byte")
      }
    }
  }

  private func validateEnvironment() throws(SandboxError) {
    var total = arguments.reduce(0) { $0 + $1.utf8.count + 1 }
    for (name, value) in environment {
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !name.utf8.contains(0) else {
        throw .commandInvalid(reason: "the environment variable `\(name)` has no valid name")
      }
      let bytes = name.utf8.count + 1 + value.utf8.count
      guard bytes <= Bounds.argumentBytes, !value.utf8.contains(0) else {
        throw .commandInvalid(
          reason: "the value of the environment variable `\(name)` is too long, or holds a zero byte")
      }
      total += bytes + 1
    }
    guard total <= Bounds.argumentsAndEnvironmentBytes else {
      throw .commandInvalid(
        reason: """
          its arguments and environment have \(total) bytes, the maximum is \
          \(Bounds.argumentsAndEnvironmentBytes): pass long data as standard input
          """)
    }
  }
}
