/// The bounds of a bus beyond those of `CommunicationConfig`.
public struct MessagingLimits: Sendable, Hashable {
  /// How many agents have a mailbox at the same time.
  public var agents = 100_000
  /// After how many agents that are unregistered those are forgotten of which no message is kept.
  public var retiredAgents = 4_096
  /// How many patterns an agent is subscribed to.
  public var subscriptionsPerAgent = 1_024
  /// How many messages wait in all mailboxes together; each takes some 200 bytes of memory.
  public var waitingMessages = 1_000_000
  /// How many requests wait for their answers.
  public var openRequests = 10_000
  /// How many messages that have come to their end are remembered; of older ones the status is not known any more.
  public var history = 100_000
  /// How many bytes of waiting envelopes are kept in memory; others are read again when they are received.
  public var envelopeBytes = 67_108_864
  /// How many derived keys are remembered, each of a sender and a receiver or of a topic.
  public var derivedKeys = 16_384
  /// How many good signatures are remembered.
  public var verifiedSignatures = 8_192
  /// Whether a signature that this bus has just made counts as verified.
  ///
  /// It is good as it was made by the key itself, and what is received is still compared with it, byte for byte: only
  /// what is exactly as it was signed is found. Without it every signature is verified when its first message is received.
  public var remembersOwnSignatures = true
  /// How many messages one call receives at most.
  public var receivedAtOnce = 1_024
  /// How many bytes of envelopes one call receives at most, but one message always.
  public var receivedBytesAtOnce = 16_777_216

  /// The default bounds.
  public init() {}
}
