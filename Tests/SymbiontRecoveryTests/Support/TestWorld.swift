import SymbiontCore
import SymbiontRecovery
import SymbiontStore
import SymbiontTesting
import Synchronization

/// A store and clocks that a test moves: waits are over at once, and move the time.
final class TestWorld: Sendable {
  private struct Clocks {
    var elapsed = Duration.zero
    /// By how much the civil clock is off.
    var skew = Duration.zero
    var waits: [Duration] = []
  }

  static let beginning = Timestamp.epoch + .seconds(1_000_000)

  let store: Store
  private let clocks = Mutex(Clocks())

  init(_ durability: StoreConfiguration.Durability = .memory) throws {
    store = try Store.open(StoreConfiguration(durability: durability))
  }

  /// The waits that were asked for, in order.
  var waits: [Duration] { clocks.withLock(\.waits) }

  /// The true time.
  var now: Timestamp { Self.beginning + clocks.withLock(\.elapsed) }

  func advance(by duration: Duration) { clocks.withLock { $0.elapsed += duration } }

  /// Sets the civil clock forward or back.
  func setCivilClock(by duration: Duration) { clocks.withLock { $0.skew += duration } }

  private var environment: RecoveryEnvironment {
    RecoveryEnvironment(
      now: { [self] in clocks.withLock { Self.beginning + $0.elapsed + $0.skew } },
      elapsed: { [self] in clocks.withLock(\.elapsed) },
      sleep: { [self] duration in
        try Task.checkCancellation()
        clocks.withLock { clocks in
          clocks.elapsed += duration
          clocks.waits.append(duration)
        }
      })
  }

  /// Opens an error handler on the store, as a new process would.
  func open(_ configuration: ErrorHandlerConfig = ErrorHandlerConfig()) async throws -> DefaultErrorHandler {
    try await DefaultErrorHandler.open(configuration, store: store, environment: environment)
  }
}

extension RuntimeError {
  /// An error of each type, by which tests name what they mean.
  static func sample(_ type: ErrorType) -> RuntimeError {
    switch type {
    case .resourceExhaustion: .resource(.insufficientResources(requirements: "memory"))
    case .networkError: .communication(.timedOut(operation: "ask", after: .seconds(1)))
    case .securityViolation: .security(.unauthenticated(reason: "r"))
    case .policyViolation: .security(.capabilityMissing(agentID: AgentID(), capability: .network))
    case .systemError: .internal("it broke")
    case .validationError: .configuration(.missing(field: "f"))
    }
  }

  static let network = RuntimeError.sample(.networkError)
  static let system = RuntimeError.sample(.systemError)
}
