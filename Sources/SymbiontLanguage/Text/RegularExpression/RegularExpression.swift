/// A regular expression that is matched in time linear in the text.
///
/// The pattern becomes a nondeterministic automaton that is simulated on all its paths at once (Thompson, Pike), so no
/// pattern makes a search take longer than the size of the automaton times the length of the text, and a budget bounds
/// that too. Among the matches that begin first, the one is found that a backtracking search tries first.
///
/// Syntax: literals, `.` (anything but a line feed), classes `[a-z]` `[^a-z]`, `\d` `\w` `\s` and their negations `\D` `\W`
/// `\S` (ASCII, as in RE2), `^` `$` `\A` `\z` (ends of the text), `\b` `\B` (ASCII word boundaries), groups `(…)` `(?:…)`,
/// `|`, `*` `+` `?` `{m}` `{m,}` `{m,n}` and their lazy variants with `?`, flags `(?i)` `(?m)` `(?s)` and `(?i:…)`, escapes
/// `\t` `\n` `\r` `\f` `\v` `\0` `\xHH` `\uHHHH` `\u{H…}` and `\` before punctuation. Text is matched by Unicode scalars.
/// Back references and look-around are refused: they cannot be matched in linear time.
public struct RegularExpression: Sendable, Hashable {
  /// Bounds on patterns and searches.
  public enum Limits {
    /// How many bytes a pattern may have.
    public static let maximumPatternByteCount = 4096
    /// How many instructions the automaton may have; counted repetitions are written out.
    public static let maximumProgramSize = 10_000
    /// How deep groups may be nested.
    public static let maximumGroupDepth = 64
    /// The largest count of a repetition.
    public static let maximumRepetition = 1000
    /// How many steps a search takes at most when its caller sets no budget: around half a second.
    public static let defaultSteps = 50_000_000
  }

  /// Where a pattern matched.
  public struct Match: Sendable, Hashable {
    /// The whole match.
    public let range: Range<String.Index>
    /// The match of each group, from the first; `nil` for a group that took no part.
    public let groups: [Range<String.Index>?]
  }

  /// The pattern.
  public let pattern: String
  let program: RegularExpressionProgram

  /// Compiles a pattern.
  ///
  /// - Throws: ``RegularExpressionError`` with the place when the pattern is malformed or too large.
  public init(_ pattern: String) throws(RegularExpressionError) {
    guard pattern.utf8.count <= Limits.maximumPatternByteCount else {
      throw RegularExpressionError(.patternTooLarge, offset: Limits.maximumPatternByteCount)
    }
    self.pattern = pattern
    var parser = RegularExpressionParser(pattern)
    let node = try parser.parse()
    var compiler = RegularExpressionCompiler()
    program = try compiler.compile(node, groupCount: parser.groupCount)
  }

  /// Whether the pattern matches anywhere in a text.
  ///
  /// - Throws: ``RegularExpressionError`` when the search needs more than ``Limits/defaultSteps``.
  public func matches(_ text: String) throws(RegularExpressionError) -> Bool {
    var steps = Limits.defaultSteps
    return try matches(text, steps: &steps)
  }

  /// Whether the pattern matches anywhere in a text.
  ///
  /// - Parameter steps: How many steps the search may take; afterwards, how many are left.
  /// - Throws: ``RegularExpressionError`` when they do not suffice.
  public func matches(_ text: String, steps: inout Int) throws(RegularExpressionError) -> Bool {
    var machine = RegularExpressionMachine(program, recordsGroups: false, steps: steps)
    defer { steps = machine.steps }
    return try machine.search(text) != nil
  }

  /// The first match in a text.
  ///
  /// - Throws: ``RegularExpressionError`` when the search needs more than ``Limits/defaultSteps``.
  public func firstMatch(in text: String) throws(RegularExpressionError) -> Match? {
    var steps = Limits.defaultSteps
    return try firstMatch(in: text, steps: &steps)
  }

  /// The first match in a text.
  ///
  /// - Parameter steps: How many steps the search may take; afterwards, how many are left.
  /// - Throws: ``RegularExpressionError`` when they do not suffice.
  public func firstMatch(in text: String, steps: inout Int) throws(RegularExpressionError) -> Match? {
    var machine = RegularExpressionMachine(program, recordsGroups: true, steps: steps)
    defer { steps = machine.steps }
    guard let slots = try machine.search(text) else { return nil }
    let ranges = stride(from: 0, to: slots.count, by: 2).map { slot -> Range<String.Index>? in
      guard slots[slot] >= 0, slots[slot + 1] >= slots[slot] else { return nil }
      let bytes = text.utf8
      let start = bytes.index(bytes.startIndex, offsetBy: slots[slot])
      return start..<bytes.index(start, offsetBy: slots[slot + 1] - slots[slot])
    }
    return ranges.first.flatMap { $0 }.map { Match(range: $0, groups: Array(ranges.dropFirst())) }
  }

  /// Whether both have the same pattern.
  public static func == (left: RegularExpression, right: RegularExpression) -> Bool {
    ExactText.areEqual(left.pattern, right.pattern)
  }

  /// Feeds the pattern.
  public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}
