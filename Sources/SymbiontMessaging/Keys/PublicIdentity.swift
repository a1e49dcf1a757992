import Crypto
public import SymbiontCore

/// The public keys of an agent in one epoch, as they are listed and pinned.
public struct PublicIdentity: Sendable, Hashable {
  /// Whose keys they are.
  public let agentID: AgentID
  /// Counts from 1 with every rotation.
  public let epoch: Int
  /// The Ed25519 key that signatures are verified with (RFC 8032), 32 bytes.
  public let signingKey: [UInt8]
  /// The X25519 key that secrets are agreed with (RFC 7748), 32 bytes.
  public let agreementKey: [UInt8]
  /// When the keys were made.
  public let createdAt: Timestamp
  /// When the keys were revoked; nil as long as they are trusted.
  public let revokedAt: Timestamp?

  /// SHA-256 over the agent, the epoch and both keys: what a person compares.
  public var fingerprint: [UInt8] { Array(SHA256.hash(data: statement)) }

  /// What is authenticated with the private keys, and what the keys of the epoch before sign.
  var statement: [UInt8] {
    var writer = ByteWriter(capacity: 128)
    writer.write("symbiont identity 1".utf8)
    writer.write(agentID)
    writer.write(UInt32(clamping: epoch))
    writer.write(signingKey)
    writer.write(agreementKey)
    return writer.bytes
  }
}
