extension Message {
  /// The bounds of the fields.
  ///
  /// The size of the payload is bounded by `CommunicationConfig.maxMessageSize`.
  public enum Bounds {
    /// The UTF-8 bytes of a topic.
    public static let topicBytes: ClosedRange<Int> = 1...256
    /// How long a message may wait, up to a year.
    public static let timeToLive: ClosedRange<Duration> = .milliseconds(1) ... .seconds(31_536_000)
  }

  /// Checks topic and time to live against their bounds.
  public func validate() throws(ConfigurationError) {
    try Validation.require(text: topic, bytes: Bounds.topicBytes, field: "topic")
    try Validation.require(timeToLive, in: Bounds.timeToLive, field: "ttl")
  }
}
