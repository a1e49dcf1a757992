/// What passed the network of a sandbox, and what did not, since it was made.
package struct NetworkCounters: Sendable, Hashable, Codable {
  /// The bytes that the sandbox received.
  package var bytesReceived: UInt64
  /// The bytes that the sandbox sent.
  package var bytesSent: UInt64
  /// The packets that were refused.
  package var refusedPackets: UInt64
  /// Destinations that were refused within the last hour, up to 64, in order.
  package var refusals: [NetworkRefusal]
}

/// A destination that was refused.
package struct NetworkRefusal: Sendable, Hashable, Codable {
  /// Its address.
  package var address: String
  /// Its port.
  package var port: UInt16
  /// `tcp` or `udp`.
  package var transport: String
  /// The packets that were refused.
  package var packets: UInt64
}
