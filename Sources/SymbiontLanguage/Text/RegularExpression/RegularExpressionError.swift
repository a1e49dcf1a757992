/// Why a pattern cannot be compiled, or a search was given up.
public struct RegularExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong.
  public enum Reason: Sendable, Hashable {
    /// A `(` without its `)`, or the reverse.
    case unbalancedGroup
    /// A `[` without its `]`.
    case unbalancedClass
    /// A range like `[z-a]`, or with a class as its end.
    case malformedRange
    /// `*`, `+`, `?` or `{…}` after nothing, or after another.
    case nothingToRepeat
    /// `{3,2}`, or a count beyond the limit.
    case malformedRepetition
    /// A backslash before a letter or digit that means nothing, or at the end.
    case unknownEscape
    /// A kind of group or a flag that is not known.
    case unknownGroup
    /// A back reference or look-around.
    case notRegular
    /// The pattern, or the automaton made of it, is beyond the limits.
    case patternTooLarge
    /// Groups are nested too deep.
    case tooDeep
    /// A search took more steps than it was allowed.
    case budgetExceeded
  }

  /// What is wrong.
  public let reason: Reason
  /// Where in the pattern, in bytes; for a search, 0.
  public let offset: Int

  init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// What happened and what to do.
  public var description: String {
    switch reason {
    case .unbalancedGroup: "parenthesis without its counterpart at byte \(offset) of the pattern; write `\\(` for one"
    case .unbalancedClass: "`[` without its `]` at byte \(offset) of the pattern; write `\\[` for one"
    case .malformedRange: "malformed range at byte \(offset) of the pattern; its first character must not be the larger"
    case .nothingToRepeat: "nothing to repeat at byte \(offset) of the pattern; put what is repeated in `(?:…)`"
    case .malformedRepetition:
      "malformed repetition at byte \(offset) of the pattern; write `{m,n}` with m ≤ n ≤ "
        + "\(RegularExpression.Limits.maximumRepetition)"
    case .unknownEscape: "unknown escape at byte \(offset) of the pattern; write `\\\\` for a backslash"
    case .unknownGroup: "unknown kind of group at byte \(offset) of the pattern; write `(…)`, `(?:…)` or `(?i)`"
    case .notRegular:
      "back references and look-around, as at byte \(offset) of the pattern, are not supported: they cannot be matched "
        + "in linear time"
    case .patternTooLarge: "the pattern is too large from byte \(offset) on; use smaller repetitions"
    case .tooDeep: "groups are nested deeper than \(RegularExpression.Limits.maximumGroupDepth) at byte \(offset)"
    case .budgetExceeded: "the search was given up after its budget of steps; use a smaller pattern or text"
    }
  }
}
