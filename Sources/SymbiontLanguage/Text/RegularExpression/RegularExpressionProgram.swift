/// A pattern as a nondeterministic automaton.
struct RegularExpressionProgram: Sendable {
  /// One state of the automaton.
  ///
  /// Numbers are places in ``instructions``.
  enum Instruction: Sendable {
    /// Consume this scalar and go on with the next instruction.
    case scalar(UInt32)
    /// Consume a member of the set at this place of ``sets`` and go on with the next instruction.
    case set(Int)
    /// Go on at both places; the first is preferred.
    case split(Int, Int)
    /// Go on there.
    case jump(Int)
    /// Note the place in the text under this slot.
    case save(Int)
    /// Go on if the condition holds.
    case assertion(RegularExpressionNode.Assertion)
    /// The pattern matches.
    case match
  }

  var instructions: [Instruction] = []
  var sets: [ScalarSet] = []
  /// Two for the whole match and two for each group.
  var slotCount = 2
  /// Whether a match can only begin at the start of the text.
  var isAnchored = false
}

/// Turns a parsed pattern into an automaton.
///
/// Recursion follows the nesting of groups, which is bounded.
struct RegularExpressionCompiler {
  private var program = RegularExpressionProgram()

  mutating func compile(
    _ node: RegularExpressionNode, groupCount: Int
  ) throws(RegularExpressionError) -> RegularExpressionProgram {
    program.slotCount = 2 * (groupCount + 1)
    program.isAnchored = Self.isAnchored(node)
    try emit(.save(0))
    try compile(node)
    try emit(.save(1))
    try emit(.match)
    return program
  }

  private mutating func compile(_ node: RegularExpressionNode) throws(RegularExpressionError) {
    switch node {
    case .empty: break
    case .scalar(let scalar): try emit(.scalar(scalar))
    case .set(let set):
      program.sets.append(set)
      try emit(.set(program.sets.count - 1))
    case .assertion(let assertion): try emit(.assertion(assertion))
    case .concatenation(let nodes):
      for node in nodes { try compile(node) }
    case .alternation(let branches): try emit(alternation: branches)
    case .repetition(let node, let minimum, let maximum, let isLazy):
      try emit(repetition: node, minimum: minimum, maximum: maximum, isLazy: isLazy)
    case .group(let node, let index):
      try emit(.save(2 * index))
      try compile(node)
      try emit(.save(2 * index + 1))
    }
  }

  private mutating func emit(alternation branches: [RegularExpressionNode]) throws(RegularExpressionError) {
    var ends: [Int] = []
    for branch in branches.dropLast() {
      let split = try emit(.jump(0))
      try compile(branch)
      ends.append(try emit(.jump(0)))
      program.instructions[split] = .split(split + 1, here)
    }
    if let last = branches.last { try compile(last) }
    for end in ends { program.instructions[end] = .jump(here) }
  }

  private mutating func emit(
    repetition node: RegularExpressionNode, minimum: Int, maximum: Int?, isLazy: Bool
  ) throws(RegularExpressionError) {
    let requiredCopies = maximum == nil ? max(minimum - 1, 0) : minimum
    for _ in 0..<requiredCopies {
      let before = here
      try compile(node)
      // A thousand copies of nothing are nothing; nested, writing them out would take forever.
      if here == before { break }
    }
    guard let maximum else {
      try emit(loop: node, isOptional: minimum == 0, isLazy: isLazy)
      return
    }
    var exits: [Int] = []
    for _ in minimum..<maximum {
      exits.append(try emit(.jump(0)))
      let before = here
      try compile(node)
      if here == before { break }
    }
    for exit in exits { program.instructions[exit] = Self.split(into: exit + 1, past: here, isLazy: isLazy) }
  }

  /// Emits one or more, or with `isOptional` zero or more.
  ///
  /// The test stands after the body, also when the body may be skipped: so a round that consumed nothing leaves the loop,
  /// as a backtracking search does, instead of being cut off as a state that was seen already.
  private mutating func emit(
    loop node: RegularExpressionNode, isOptional: Bool, isLazy: Bool
  ) throws(RegularExpressionError) {
    let entry = isOptional ? try emit(.jump(0)) : nil
    let body = here
    try compile(node)
    let test = try emit(.jump(0))
    program.instructions[test] = Self.split(into: body, past: here, isLazy: isLazy)
    if let entry { program.instructions[entry] = Self.split(into: body, past: here, isLazy: isLazy) }
  }

  private static func split(into body: Int, past end: Int, isLazy: Bool) -> RegularExpressionProgram.Instruction {
    isLazy ? .split(end, body) : .split(body, end)
  }

  private var here: Int { program.instructions.count }

  @discardableResult
  private mutating func emit(
    _ instruction: RegularExpressionProgram.Instruction
  ) throws(RegularExpressionError) -> Int {
    guard here < RegularExpression.Limits.maximumProgramSize else {
      throw RegularExpressionError(.patternTooLarge, offset: 0)
    }
    program.instructions.append(instruction)
    return here - 1
  }

  private static func isAnchored(_ node: RegularExpressionNode) -> Bool {
    switch node {
    case .assertion(.textStart): true
    case .concatenation(let nodes): nodes.first.map(isAnchored) ?? false
    case .alternation(let branches): branches.allSatisfy(isAnchored)
    case .group(let node, _): isAnchored(node)
    default: false
    }
  }
}
