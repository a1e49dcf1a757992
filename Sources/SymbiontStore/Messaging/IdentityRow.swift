package import SymbiontCore

/// The keys of an agent in one epoch; the private ones are wrapped.
package struct IdentityRow: Sendable, Hashable {
  package var agentID: AgentID
  package var epoch: Int
  package var signingKey: [UInt8]
  package var agreementKey: [UInt8]
  package var wrapped: [UInt8]
  /// The signature of the epoch before over the public keys.
  package var certificate: [UInt8]
  package var createdAt: Timestamp
  package var revokedAt: Timestamp?

  package init(
    agentID: AgentID, epoch: Int, signingKey: [UInt8], agreementKey: [UInt8], wrapped: [UInt8],
    certificate: [UInt8], createdAt: Timestamp, revokedAt: Timestamp?
  ) {
    self.agentID = agentID
    self.epoch = epoch
    self.signingKey = signingKey
    self.agreementKey = agreementKey
    self.wrapped = wrapped
    self.certificate = certificate
    self.createdAt = createdAt
    self.revokedAt = revokedAt
  }

  init(_ row: borrowing StoreRow) throws(StoreError) {
    agentID = try row.identifier(0)
    epoch = Int(try row.int(1))
    signingKey = try row.blob(2)
    agreementKey = try row.blob(3)
    wrapped = try row.blob(4)
    certificate = try row.blob(5)
    createdAt = try row.time(6)
    revokedAt = try row.optionalTime(7)
  }
}
