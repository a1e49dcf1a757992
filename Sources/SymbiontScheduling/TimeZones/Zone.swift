import SymbiontCore

/// A time zone: which offset from UTC holds when.
package struct Zone: Sendable, Hashable {
  /// A stretch of time with one offset.
  package struct Period: Sendable, Hashable {
    /// When it begins, in seconds since the epoch; nil when it always was.
    package var start: Int64?
    /// When the next one begins; nil when there is none.
    package var end: Int64?
    /// Seconds east of UTC.
    package var offset: Int
  }

  /// Universal time.
  package static let utc = Zone(name: "UTC", changes: [], first: 0, rule: PosixZone(offset: 0))

  struct Change: Sendable, Hashable {
    var at: Int64
    var offset: Int
  }

  /// The name in the database.
  package let name: String
  let changes: [Change]
  /// The offset before the first change.
  let first: Int
  /// What holds after the last change.
  let rule: PosixZone?

  init(name: String, changes: [Change], first: Int, rule: PosixZone?) {
    self.name = name
    self.changes = changes
    self.first = first
    self.rule = rule
  }

  /// The period that a moment lies in.
  package func period(at seconds: Int64) -> Period {
    var low = 0
    var high = changes.count
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    if low == changes.count, let rule { return period(at: seconds, by: rule) }
    return Period(
      start: low == 0 ? nil : changes[low - 1].at, end: low < changes.count ? changes[low].at : nil,
      offset: low == 0 ? first : changes[low - 1].offset)
  }

  /// The offset that held before a period; its own when there was none.
  package func offset(before period: Period) -> Int {
    period.start.map { self.period(at: $0 - 1).offset } ?? period.offset
  }

  private func period(at seconds: Int64, by rule: PosixZone) -> Period {
    let last = changes.last
    let year = CivilDate(daysSinceEpoch: Int((seconds + Int64(rule.offset)) / 86_400))?.year ?? 1_970
    var start = last?.at
    var offset = last?.offset ?? rule.offset
    for change in (year - 1...year + 1).flatMap({ rule.changes(year: $0) }) {
      if let last, change.at <= last.at { continue }
      // Rules that begin daylight-saving time at the moment at which they end it have it all year.
      guard change.offset != offset else { continue }
      if change.at > seconds { return Period(start: start, end: change.at, offset: offset) }
      start = change.at
      offset = change.offset
    }
    return Period(start: start, end: nil, offset: offset)
  }
}
