extension AgentConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// The UTF-8 bytes of the name.
    public static let nameBytes: ClosedRange<Int> = 1...128
    /// The UTF-8 bytes of the source: far above any program that a person writes.
    public static let sourceBytes: ClosedRange<Int> = 1...1_048_576
    /// How many capabilities there may be.
    public static let capabilities = 64
    /// The UTF-8 bytes of the name of a capability.
    public static let capabilityBytes: ClosedRange<Int> = 1...128
    /// How many policies there may be.
    public static let policies = 64
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(text: name, bytes: Bounds.nameBytes, field: "name")
    guard name.allSatisfy({ !$0.isNewline }) else {
      throw .invalid(field: "name", value: name, reason: "it must be one line")
    }
    try Validation.require(text: dslSource, bytes: Bounds.sourceBytes, field: "dsl_source")
    try Validation.within("execution_mode") { () throws(ConfigurationError) in try executionMode.validate() }
    try Validation.within("resource_limits") { () throws(ConfigurationError) in try resourceLimits.validate() }
    try Validation.require(count: capabilities.count, atMost: Bounds.capabilities, field: "capabilities")
    for (index, capability) in capabilities.enumerated() {
      let field = "capabilities[\(index)]"
      if case .unrecognized(let name) = capability {
        throw .invalid(field: field, value: name, reason: "it is not known here: write it as `{\"Custom\":…}`")
      }
      try Validation.require(text: capability.name, bytes: Bounds.capabilityBytes, field: field)
    }
    try Validation.require(count: policies.count, atMost: Bounds.policies, field: "policies")
    for (index, policy) in policies.enumerated() {
      try Validation.within("policies[\(index)]") { () throws(ConfigurationError) in try policy.validate() }
    }
    try Validation.require(labels: metadata, field: "metadata")
  }
}
