extension Value {
  /// Whether both are the same value; see ``Value`` for what that means.
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.string(let left), .string(let right)): ExactText.areEqual(left, right)
    case (.array(let left), .array(let right)): left == right
    case (.record(let left), .record(let right)): left == right
    case (.secret(let left), .secret(let right)): left == right
    case (.function(let left), .function(let right)): left == right
    default: false
    }
  }

  /// Feeds a hash that equal values share.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(Discriminator.null)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .float(let value): hasher.combine(value)
    case .string(let value): hasher.combine(value)
    case .array(let elements):
      hasher.combine(Discriminator.array)
      hasher.combine(elements)
    case .record(let record):
      hasher.combine(Discriminator.record)
      hasher.combine(record)
    case .secret(let reference): hasher.combine(reference)
    case .function(let function): hasher.combine(function)
    }
  }

  private enum Discriminator: Hashable {
    case null, array, record
  }
}

/// Equality of strings by their Unicode scalars.
///
/// Swift's own `==` compares by canonical equivalence: a composed `é` equals a decomposed one. The language indexes,
/// measures and hashes strings by scalar, so equality has to see the difference, or two equal strings could have two
/// lengths.
package enum ExactText {
  /// Whether both strings are the same sequence of scalars.
  package static func areEqual(_ left: String, _ right: String) -> Bool {
    // Exactly equal strings are canonically equivalent, and that test is a memory comparison for almost all of them.
    guard left == right else { return false }
    let leftBytes = left.utf8
    let rightBytes = right.utf8
    guard leftBytes.count == rightBytes.count else { return false }
    let leftSpan = left.utf8Span
    if leftSpan.isKnownASCII { return true }
    return leftBytes.elementsEqual(rightBytes)
  }
}
