extension CommunicationConfig {
  /// The bounds of the fields.
  public enum Bounds {
    /// Up to a year.
    public static let timeToLive: ClosedRange<Duration> = .milliseconds(1) ... .seconds(31_536_000)
    /// What a store serves.
    public static let queueSize: ClosedRange<Int> = 1...10_000_000
    /// Up to a day.
    public static let deliveryTimeout: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    /// From never.
    public static let retryAttempts: ClosedRange<Int> = 0...1_000
    /// Up to 64 megabytes; larger things are passed by reference.
    public static let messageSize: ClosedRange<Int> = 1...67_108_864
    /// From none.
    public static let deadLetterQueueSize: ClosedRange<Int> = 0...10_000_000
  }

  /// Checks every field against its bounds, and throws at the first that is outside.
  public func validate() throws(ConfigurationError) {
    try Validation.require(messageTimeToLive, in: Bounds.timeToLive, field: "message_ttl")
    try Validation.require(maxQueueSize, in: Bounds.queueSize, field: "max_queue_size")
    try Validation.require(deliveryTimeout, in: Bounds.deliveryTimeout, field: "delivery_timeout")
    try Validation.require(retryAttempts, in: Bounds.retryAttempts, field: "retry_attempts")
    try Validation.require(maxMessageSize, in: Bounds.messageSize, field: "max_message_size")
    try Validation.require(deadLetterQueueSize, in: Bounds.deadLetterQueueSize, field: "dead_letter_queue_size")
  }
}
