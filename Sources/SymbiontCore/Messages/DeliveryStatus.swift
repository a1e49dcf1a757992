/// What became of a message (specification, "Communication Types").
public enum DeliveryStatus: String, Sendable, Hashable, Codable, CaseIterable {
  /// It waits for its receiver, or for its acknowledgement.
  case pending = "Pending"
  /// Its receiver has acknowledged it.
  case delivered = "Delivered"
  /// It could not be delivered, and is among the dead letters.
  case failed = "Failed"
  /// It outlived its time to live.
  case expired = "Expired"
}
