/// The wire form of what actions and strategies say of retrying.
struct RetryPayload: Codable {
  let maxAttempts: Int
  @WireSeconds var backoff: Duration

  private enum CodingKeys: String, CodingKey {
    case maxAttempts = "max_attempts"
    case backoff
  }
}
