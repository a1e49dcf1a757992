extension SandboxConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// How many variables the environment may have.
    public static let environmentVariables = 256
    /// The UTF-8 bytes of the name of a variable.
    public static let variableNameBytes: ClosedRange<Int> = 1...256
    /// The UTF-8 bytes of the value of a variable: what Linux takes of one string is 128 kilobytes.
    public static let variableValueBytes: ClosedRange<Int> = 0...65_536
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  ///
  /// The values of variables are not repeated in what is thrown: they may be secrets.
  public func validate() throws(ConfigurationError) {
    try Validation.within("resource_limits") { () throws(ConfigurationError) in try resourceLimits.validate() }
    try Validation.within("network_config") { () throws(ConfigurationError) in try networkConfig.validate() }
    try Validation.within("filesystem_config") { () throws(ConfigurationError) in try filesystemConfig.validate() }
    let variables = environmentVariables.sorted { $0.key < $1.key }
    let field = "environment_variables"
    try Validation.require(count: variables.count, atMost: Bounds.environmentVariables, field: field)
    for (name, value) in variables {
      try Validation.require(text: name, bytes: Bounds.variableNameBytes, field: "\(field) name")
      guard !name.contains("=") else {
        throw .invalid(field: "\(field) name", value: name, reason: "it must not have `=`")
      }
      let length = value.utf8.count
      guard Bounds.variableValueBytes.contains(length) else {
        throw .tooLong(field: "\(field).\(name)", length: length, maximum: Bounds.variableValueBytes.upperBound)
      }
      guard !value.utf8.contains(0) else {
        throw .invalid(field: "\(field).\(name)", value: SecretCoding.redacted, reason: "it must not have a zero byte")
      }
    }
  }
}

extension NetworkConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// How many destinations there may be.
    public static let destinations = 256
    /// The UTF-8 bytes of a host: the longest name of the domain name system (RFC 1035, section 2.3.4).
    public static let hostBytes: ClosedRange<Int> = 1...253
    /// The ports; 0 is none.
    public static let port: ClosedRange<UInt16> = 1...65_535
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    let field = "allowed_destinations"
    try Validation.require(count: allowedDestinations.count, atMost: Bounds.destinations, field: field)
    guard mode == .allowList || allowedDestinations.isEmpty else {
      throw .conflict(fields: ["mode", field], reason: "destinations are only for the mode `AllowList`")
    }
    for (index, destination) in allowedDestinations.enumerated() {
      try Validation.require(text: destination.host, bytes: Bounds.hostBytes, field: "\(field)[\(index)].host")
      try Validation.require(destination.port, in: Bounds.port, field: "\(field)[\(index)].port")
    }
  }
}

extension FilesystemConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// The size of the workspace, up to a tebibyte.
    public static let workspaceMegabytes: ClosedRange<Int> = 1...1_048_576
    /// The size of `/tmp`, up to 64 gibibytes, for it lies in memory.
    public static let temporaryMegabytes: ClosedRange<Int> = 1...65_536
    /// How many mounts there may be.
    public static let mounts = 64
    /// The UTF-8 bytes of a path: `PATH_MAX` of Linux, less its final zero byte.
    public static let pathBytes: ClosedRange<Int> = 1...4_095
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Self.require(path: workspacePath, field: "workspace_path")
    try Validation.require(workspaceMegabytes, in: Bounds.workspaceMegabytes, field: "workspace_mb")
    try Validation.require(temporaryMegabytes, in: Bounds.temporaryMegabytes, field: "temporary_mb")
    try Validation.require(count: mounts.count, atMost: Bounds.mounts, field: "mounts")
    for (index, mount) in mounts.enumerated() {
      try Self.require(path: mount.source, field: "mounts[\(index)].source")
      try Self.require(path: mount.target, field: "mounts[\(index)].target")
    }
  }

  private static func require(path: String, field: String) throws(ConfigurationError) {
    try Validation.require(text: path, bytes: Bounds.pathBytes, field: field)
    guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
      throw .invalid(field: field, value: path, reason: "it must be an absolute path without `..`")
    }
  }
}
