import Crypto
import Foundation
import SymbiontCore
package import SymbiontStore

/// The keys of an agent in one epoch, private ones included.
struct AgentIdentity: Sendable {
  private(set) var published: PublicIdentity
  let signing: Curve25519.Signing.PrivateKey
  let agreement: Curve25519.KeyAgreement.PrivateKey
  let signer: Curve25519.Signing.PublicKey

  /// Makes new keys from the system's randomness.
  init(agentID: AgentID, epoch: Int, createdAt: Timestamp) {
    signing = Curve25519.Signing.PrivateKey()
    agreement = Curve25519.KeyAgreement.PrivateKey()
    signer = signing.publicKey
    published = PublicIdentity(
      agentID: agentID, epoch: epoch, signingKey: Array(signer.rawRepresentation),
      agreementKey: Array(agreement.publicKey.rawRepresentation), createdAt: createdAt, revokedAt: nil)
  }

  /// Opens keys that were stored.
  ///
  /// The public keys are authenticated with the private ones, and must be theirs: a public key that was replaced in the
  /// store is found here.
  init(_ row: IdentityRow, masterKey: MasterKey) throws(CommunicationError) {
    published = PublicIdentity(row)
    func unusable(_ reason: String) -> CommunicationError { .keyUnusable(agentID: row.agentID, reason: reason) }
    guard let secret = masterKey.unwrap(row.wrapped, context: published.statement), secret.count == 64 else {
      throw unusable("the master key does not open those of epoch \(row.epoch)")
    }
    do {
      signing = try Curve25519.Signing.PrivateKey(rawRepresentation: secret[..<32])
      agreement = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret[32...])
    } catch { throw unusable("those of epoch \(row.epoch) are no keys") }
    signer = signing.publicKey
    guard Array(signer.rawRepresentation) == row.signingKey,
      Array(agreement.publicKey.rawRepresentation) == row.agreementKey
    else { throw unusable("the public ones of epoch \(row.epoch) do not belong to the private ones") }
  }

  mutating func revoke(at time: Timestamp) {
    published = PublicIdentity(
      agentID: published.agentID, epoch: published.epoch, signingKey: published.signingKey,
      agreementKey: published.agreementKey, createdAt: published.createdAt, revokedAt: time)
  }

  /// The row to store: private keys wrapped, and the public ones signed by the keys of the epoch before.
  func row(masterKey: MasterKey, certifiedBy former: AgentIdentity?) throws(CommunicationError) -> IdentityRow {
    let secret = Array(signing.rawRepresentation) + Array(agreement.rawRepresentation)
    let statement = published.statement
    guard let certificate = try? (former ?? self).signing.signature(for: statement) else {
      throw .encryptionFailed(reason: "the new keys could not be signed")
    }
    return IdentityRow(
      agentID: published.agentID, epoch: published.epoch, signingKey: published.signingKey,
      agreementKey: published.agreementKey, wrapped: try masterKey.wrap(secret, context: statement),
      certificate: Array(certificate), createdAt: published.createdAt, revokedAt: published.revokedAt)
  }
}

extension PublicIdentity {
  package init(_ row: IdentityRow) {
    self.init(
      agentID: row.agentID, epoch: row.epoch, signingKey: row.signingKey, agreementKey: row.agreementKey,
      createdAt: row.createdAt, revokedAt: row.revokedAt)
  }

  /// Whether the keys of this epoch are signed by those of the epoch before; the first sign themselves.
  func isCertified(_ certificate: [UInt8], by former: PublicIdentity?) -> Bool {
    guard
      let signer = try? Curve25519.Signing.PublicKey(rawRepresentation: former?.signingKey ?? signingKey)
    else { return false }
    return signer.isValidSignature(certificate, for: statement)
  }
}
