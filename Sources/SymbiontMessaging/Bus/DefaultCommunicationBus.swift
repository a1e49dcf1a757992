public import SymbiontCore
public import SymbiontStore
import Synchronization

/// Carries messages between the agents of one runtime: signed, sealed, durable and accounted for (specification,
/// "Communication Bus").
///
/// A message is durable when ``sendMessage(_:)`` returns. Its receiver gets it with ``receiveMessages(_:)`` or
/// ``nextMessages(for:atMost:)`` and takes it with ``acknowledge(_:by:)``; what is not acknowledged in time comes again. A
/// receiver whose own effects are in the same store takes it with ``Delivery/take(in:at:)`` in one transaction with them,
/// and so exactly once.
public final class DefaultCommunicationBus: CommunicationBus {
  package let configuration: CommunicationConfig
  let limits: MessagingLimits
  let store: Store
  let masterKey: MasterKey
  let environment: MessagingEnvironment
  let keys: KeyStore
  let sealer: EnvelopeSealer
  let opener: EnvelopeOpener
  let sequences: SequenceSource
  let journal: BusJournal
  let lanes = SenderLanes()
  let state: Mutex<BusState>

  /// Opens the bus on a store, with the mailboxes, keys and messages that a former one left.
  ///
  /// - Throws: ``CommunicationError/messageInvalid(reason:)`` for a configuration that is out of bounds;
  ///   ``CommunicationError/keyUnusable(agentID:reason:)`` when the master key is not the one of before;
  ///   ``CommunicationError/storeFailed(reason:)``.
  public static func open(
    _ configuration: CommunicationConfig = CommunicationConfig(), store: Store, masterKey: MasterKey,
    limits: MessagingLimits = MessagingLimits(), environment: MessagingEnvironment = MessagingEnvironment()
  ) async throws(CommunicationError) -> DefaultCommunicationBus {
    do { try configuration.validate() } catch { throw .messageInvalid(reason: error.message) }
    let sequences = try await SequenceSource.open(store)
    let opening = BusOpening(
      configuration: configuration, limits: limits, masterKey: masterKey, now: environment.clock.now(),
      elapsed: environment.clock.elapsed())
    // As a write, because the mailboxes of a large bus take longer to read than a reader may hold its snapshot.
    let (records, ring) = try await store.write(throwing: CommunicationError.self) { transaction in
      let records = try BusRecords(transaction)
      let secret = try opening.topicSecret(records, in: transaction)
      return (records, try opening.keyRing(records, topicSecret: secret))
    }
    let bus = DefaultCommunicationBus(
      configuration, limits: limits, store: store, masterKey: masterKey, environment: environment,
      sequences: sequences, nextGroup: records.nextGroup, ring: ring,
      state: try opening.state(records))
    bus.afterOpening()
    return bus
  }

  private init(
    _ configuration: CommunicationConfig, limits: MessagingLimits, store: Store, masterKey: MasterKey,
    environment: MessagingEnvironment, sequences: SequenceSource, nextGroup: Int64, ring: KeyRing, state: BusState
  ) {
    self.configuration = configuration
    self.limits = limits
    self.store = store
    self.masterKey = masterKey
    self.environment = environment
    self.sequences = sequences
    journal = BusJournal(store: store, nextGroup: nextGroup)
    keys = KeyStore(ring: ring, rememberedSignatures: limits.verifiedSignatures)
    sealer = EnvelopeSealer(
      protection: configuration.protection, isCompressing: configuration.isCompressionEnabled,
      instance: UInt32.random(in: .min ... .max))
    opener = EnvelopeOpener(
      maximumPayload: configuration.maxMessageSize, takesPlain: !configuration.isEncryptionEnabled)
    self.state = Mutex(state)
  }

  /// What the bus has done since it was opened.
  public var statistics: BusStatistics { state.withLock { $0.machine.statistics } }

  /// Takes no more messages; those that wait are kept.
  ///
  /// Who waits for messages or answers is told at once. Doing it again changes nothing.
  public func shutdown() async throws(CommunicationError) {
    let wakes = state.withLock { state in
      state.isShutDown = true
      environment.clock.setAlarm(at: nil) {}
      state.alarm = nil
      return state.wakeAll()
    }
    for wake in wakes { wake() }
  }
}

extension CommunicationConfig {
  /// How payloads are protected under this configuration.
  var protection: EnvelopeHeader.Protection {
    guard isEncryptionEnabled else { return .plain }
    return switch cipher {
    case .aes256GCM: .aes256GCM
    case .chaCha20Poly1305: .chaCha20Poly1305
    }
  }
}

extension CommunicationError: StoreClientError {
  /// An error of the store that no call of the bus foresees.
  package static func storeFailed(_ error: StoreError) -> CommunicationError { .storeFailed(reason: "\(error)") }
}
