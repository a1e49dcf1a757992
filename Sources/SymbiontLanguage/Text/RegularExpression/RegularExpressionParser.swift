/// Reads a pattern.
///
/// Recursion follows the nesting of groups, which is bounded.
struct RegularExpressionParser {
  /// What `(?…)` switches on.
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotMatchesLineFeed = false
  }

  let scalars: [Unicode.Scalar]
  var index = 0
  var flags = Flags()
  /// How many capturing groups were read.
  private(set) var groupCount = 0

  init(_ pattern: String) {
    scalars = Array(pattern.unicodeScalars)
  }

  mutating func parse() throws(RegularExpressionError) -> RegularExpressionNode {
    let node = try parseAlternation(depth: 0)
    guard index == scalars.count else { throw failure(.unbalancedGroup) }
    return node
  }

  private mutating func parseAlternation(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode {
    guard depth <= RegularExpression.Limits.maximumGroupDepth else { throw failure(.tooDeep) }
    var branches = [try parseConcatenation(depth: depth)]
    while take("|") { branches.append(try parseConcatenation(depth: depth)) }
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  private mutating func parseConcatenation(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode {
    var items: [RegularExpressionNode] = []
    while let scalar = current, scalar != "|", scalar != ")" {
      guard let atom = try parseAtom(depth: depth) else { continue }
      items.append(try parseRepetition(of: atom))
    }
    return items.count == 1 ? items[0] : items.isEmpty ? .empty : .concatenation(items)
  }

  /// Reads what a repetition applies to; nothing for a group that only sets flags.
  private mutating func parseAtom(depth: Int) throws(RegularExpressionError) -> RegularExpressionNode? {
    let start = index
    guard let scalar = current else { return nil }
    index += 1
    switch scalar {
    case "(":
      return try parseGroup(from: start, depth: depth)
    case "[":
      return .set(try parseClass(from: start))
    case ".":
      return .set(ScalarSet(flags.dotMatchesLineFeed ? [] : ScalarSet.lineFeed, isNegated: true))
    case "^":
      return .assertion(flags.isMultiline ? .lineStart : .textStart)
    case "$":
      return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
    case "\\":
      return try parseEscape(from: start)
    case "*", "+", "?":
      throw failure(.nothingToRepeat, at: start)
    case "{":
      index = start
      if try parseCounts() != nil { throw failure(.nothingToRepeat, at: start) }
      index = start + 1
      return literal(scalar)
    default:
      return literal(scalar)
    }
  }

  private mutating func parseGroup(
    from start: Int, depth: Int
  ) throws(RegularExpressionError) -> RegularExpressionNode? {
    let outerFlags = flags
    var groupIndex: Int?
    if take("?") {
      guard try parseFlags(from: start) else { return nil }
    } else {
      groupCount += 1
      groupIndex = groupCount
    }
    let node = try parseAlternation(depth: depth + 1)
    guard take(")") else { throw failure(.unbalancedGroup, at: start) }
    flags = outerFlags
    guard let groupIndex else { return node }
    return .group(node, index: groupIndex)
  }

  /// Reads what follows `(?`; says whether a group follows, or the flags hold until the enclosing group ends.
  private mutating func parseFlags(from start: Int) throws(RegularExpressionError) -> Bool {
    if let scalar = current, scalar == "=" || scalar == "!" || scalar == "<" || scalar == ">" {
      throw failure(.notRegular, at: start)
    }
    var isOn = true
    while let scalar = current {
      index += 1
      switch scalar {
      case "i": flags.ignoresCase = isOn
      case "m": flags.isMultiline = isOn
      case "s": flags.dotMatchesLineFeed = isOn
      case "-" where isOn: isOn = false
      case ":": return true
      case ")" where index > start + 3: return false
      default: throw failure(.unknownGroup, at: start)
      }
    }
    throw failure(.unbalancedGroup, at: start)
  }

  private mutating func parseRepetition(
    of node: RegularExpressionNode
  ) throws(RegularExpressionError) -> RegularExpressionNode {
    let start = index
    let counts: (minimum: Int, maximum: Int?)
    switch current {
    case "*": counts = (0, nil)
    case "+": counts = (1, nil)
    case "?": counts = (0, 1)
    case "{":
      guard let parsed = try parseCounts() else { return node }
      counts = parsed
    default: return node
    }
    if index == start { index += 1 }
    let isLazy = take("?")
    let next = index
    if let scalar = current {
      if scalar == "*" || scalar == "+" || scalar == "?" { throw failure(.nothingToRepeat, at: next) }
      if scalar == "{", try parseCounts() != nil { throw failure(.nothingToRepeat, at: next) }
      index = next
    }
    return .repetition(node, minimum: counts.minimum, maximum: counts.maximum, isLazy: isLazy)
  }

  /// Reads `{m}`, `{m,}` or `{m,n}`; nothing, and nothing is passed over, when the brace is a literal.
  private mutating func parseCounts() throws(RegularExpressionError) -> (minimum: Int, maximum: Int?)? {
    let start = index
    guard take("{"), let minimum = parseNumber() else {
      index = start
      return nil
    }
    var maximum: Int? = minimum
    if take(",") { maximum = parseNumber() }
    guard take("}") else {
      index = start
      return nil
    }
    let limit = RegularExpression.Limits.maximumRepetition
    guard minimum <= limit, maximum ?? limit <= limit, maximum ?? limit >= minimum else {
      throw failure(.malformedRepetition, at: start)
    }
    return (minimum, maximum)
  }

  /// Reads digits as a number, beyond the limit as one more than the limit.
  private mutating func parseNumber() -> Int? {
    let start = index
    var value = 0
    while let scalar = current, ("0"..."9").contains(scalar) {
      value = min(value * 10 + Int(scalar.value - 0x30), RegularExpression.Limits.maximumRepetition + 1)
      index += 1
    }
    return index > start ? value : nil
  }

  func literal(_ scalar: Unicode.Scalar) -> RegularExpressionNode {
    guard flags.ignoresCase else { return .scalar(scalar.value) }
    let variants = ScalarSet.caseVariants(of: scalar.value)
    return .set(ScalarSet(variants.map { $0...$0 }, ignoresCase: true))
  }

  var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard current == scalar else { return false }
    index += 1
    return true
  }

  func failure(_ reason: RegularExpressionError.Reason, at place: Int? = nil) -> RegularExpressionError {
    let offset = scalars.prefix(place ?? index).reduce(0) { $0 + UTF8.width($1) }
    return RegularExpressionError(reason, offset: offset)
  }
}
