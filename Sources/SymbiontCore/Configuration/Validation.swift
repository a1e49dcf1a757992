/// The checks that configurations make of their fields.
enum Validation {
  /// Throws unless the value lies within the range.
  ///
  /// What is not a number does not.
  static func require<Value: Comparable>(
    _ value: Value, in range: ClosedRange<Value>, field: String
  ) throws(ConfigurationError) {
    guard range.contains(value) else {
      throw .outOfRange(
        field: field, value: "\(value)", allowed: "from \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Throws unless the text has a number of UTF-8 bytes within the range, and no control characters but line breaks
  /// and tabs.
  static func require(
    text: String, bytes range: ClosedRange<Int>, field: String
  ) throws(ConfigurationError) {
    let length = text.utf8.count
    guard length >= range.lowerBound else { throw .missing(field: field) }
    guard length <= range.upperBound else { throw .tooLong(field: field, length: length, maximum: range.upperBound) }
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: true
      case 0x00...0x1F, 0x7F...0x9F: false
      default: true
      }
    }
    guard isClean else { throw .invalid(field: field, value: text, reason: "it must not have control characters") }
  }

  /// Throws when there are more things than the maximum.
  static func require(count: Int, atMost maximum: Int, field: String) throws(ConfigurationError) {
    guard count <= maximum else { throw .tooLong(field: field, length: count, maximum: maximum) }
  }

  /// Throws unless the labels are few and short enough.
  static func require(labels: [String: String], field: String) throws(ConfigurationError) {
    try require(count: labels.count, atMost: LabelBounds.count, field: field)
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      try require(text: key, bytes: LabelBounds.keyBytes, field: "\(field) key")
      try require(text: value, bytes: LabelBounds.valueBytes, field: "\(field).\(key)")
    }
  }

  /// Runs the checks of a part, and names the part in what they throw.
  static func within(
    _ parent: String, _ checks: () throws(ConfigurationError) -> Void
  ) throws(ConfigurationError) {
    do {
      try checks()
    } catch {
      throw error.within(parent)
    }
  }
}

/// The bounds of labels: the `metadata` of agents, contexts and events.
public enum LabelBounds {
  /// How many labels a thing may have.
  public static let count = 64
  /// How many UTF-8 bytes a key may have.
  public static let keyBytes: ClosedRange<Int> = 1...128
  /// How many UTF-8 bytes a value may have.
  public static let valueBytes: ClosedRange<Int> = 0...4_096
}
