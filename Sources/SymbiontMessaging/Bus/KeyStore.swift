import Crypto
import SymbiontCore
import SymbiontStore
import Synchronization

/// The key ring and the remembered signatures, shared by all who seal and open.
final class KeyStore: EnvelopeKeys, Sendable {
  private let ring: Mutex<KeyRing>
  private let verified: Mutex<BoundedCache<VerifiedRoot, Bool>>

  init(ring: consuming KeyRing, rememberedSignatures: Int) {
    self.ring = Mutex(ring)
    verified = Mutex(BoundedCache(limit: rememberedSignatures))
  }

  func with<T>(_ body: (inout KeyRing) throws(CommunicationError) -> T) throws(CommunicationError) -> T {
    let result = ring.withLock { ring -> Result<T, CommunicationError> in
      do throws(CommunicationError) { return .success(try body(&ring)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Forgets the keys of agents that end in these epochs, and what they signed.
  ///
  /// - Returns: Those that were forgotten.
  func forget(_ agents: [AgentID: RetiredAgent]) -> [AgentID: RetiredAgent] {
    let forgotten = ring.withLock { $0.forget(agents) }
    if !forgotten.isEmpty { verified.withLock { $0.removeAll() } }
    return forgotten
  }

  func identity(of agentID: AgentID, epoch: Int) throws(CommunicationError) -> AgentIdentity {
    try with { ring throws(CommunicationError) in try ring.identity(of: agentID, epoch: epoch) }
  }

  func bodyKey(_ header: EnvelopeHeader) throws(CommunicationError) -> SymmetricKey {
    try with { ring throws(CommunicationError) in try ring.bodyKey(header) }
  }

  func isVerified(_ root: VerifiedRoot) -> Bool { verified.withLock { $0[root] ?? false } }

  func remember(_ root: VerifiedRoot) { verified.withLock { $0.insert(true, for: root) } }
}
