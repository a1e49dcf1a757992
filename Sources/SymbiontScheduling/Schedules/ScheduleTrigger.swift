public import SymbiontCore

/// When a schedule comes due.
public enum ScheduleTrigger: Sendable, Hashable {
  /// At each interval after the moment at which the schedule was added or last re-anchored.
  case interval(Duration)
  /// At the times of a cron expression of 5, 6 or 7 fields, in a time zone by its IANA name.
  case cron(String, timeZone: String)
  /// Once.
  case once(at: Timestamp)
}

extension ScheduleTrigger: Codable {
  private enum CodingKeys: String, CodingKey {
    case interval, cron, once
    case timeZone = "time_zone"
  }

  /// Reads `{"interval":60}`, `{"cron":"0 3 * * *","time_zone":"Europe/Berlin"}` or `{"once":"2026-01-01T00:00:00Z"}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let interval = try container.decodeIfPresent(WireSeconds.self, forKey: .interval) {
      self = .interval(interval.wrappedValue)
    } else if let time = try container.decodeIfPresent(Timestamp.self, forKey: .once) {
      self = .once(at: time)
    } else {
      self = .cron(
        try container.decode(String.self, forKey: .cron),
        timeZone: try container.decodeIfPresent(String.self, forKey: .timeZone) ?? "UTC")
    }
  }

  /// Writes the form that is read.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .interval(let interval): try container.encode(WireSeconds(wrappedValue: interval), forKey: .interval)
    case .once(let time): try container.encode(time, forKey: .once)
    case .cron(let expression, let zone):
      try container.encode(expression, forKey: .cron)
      try container.encode(zone, forKey: .timeZone)
    }
  }
}
