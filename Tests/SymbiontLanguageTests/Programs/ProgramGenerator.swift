/// Writes random programs.
///
/// ``program()`` uses every construct of the language and is valid syntax only: names and types are arbitrary.
/// ``runnableProgram()`` is also meaningful: names are declared, types fit, loops are bounded and functions call only those
/// written before them, so that it always ends. Its agent is called `main`, takes `input: int` and returns a record.
struct ProgramGenerator {
  /// What programs may hold.
  struct Options {
    /// How deep expressions and blocks nest.
    var maximumDepth = 4
    /// Statements of a block, at most.
    var maximumStatements = 5
    /// Whether runnable programs use effects: `remember`, `recall`, `forget`, `now`, `log`.
    var usesEffects = false
    /// Whether runnable programs may fail inside `try`: thrown errors, division by zero, bad indices.
    var usesErrors = true
  }

  var random: SeededGenerator
  let options: Options
  var depth = 0
  /// Declared names of a runnable program, innermost last.
  var variables: [Variable] = []
  var functions: [FunctionSignature] = []
  var nameCount = 0
  var loopDepth = 0

  init(seed: UInt64, options: Options = Options()) {
    random = SeededGenerator(seed: seed)
    self.options = options
  }

  // MARK: - Any program

  mutating func program() -> String {
    (0..<1 + random.below(4)).map { _ in item() }.joined(separator: "\n")
  }

  var isDeep: Bool { depth >= options.maximumDepth }

  mutating func nested(_ write: (inout ProgramGenerator) -> String) -> String {
    depth += 1
    defer { depth -= 1 }
    return write(&self)
  }

  mutating func list(_ maximum: Int, _ separator: String = ", ", _ write: (inout ProgramGenerator) -> String) -> String
  {
    var parts: [String] = []
    for _ in 0..<random.below(maximum + 1) { parts.append(write(&self)) }
    let trailing = separator == ", " && !parts.isEmpty && random.once(in: 5) ? "," : ""
    return parts.joined(separator: separator) + trailing
  }

  mutating func name() -> String {
    random.pick([
      "a", "b", "item", "total", "agent", "policy", "type", "with_x", "tool", "schedule", "memory", "value2", "_hidden",
      "channel", "Some_", "vault", "metadata", "x", "camelCase", "capabilities",
    ])
  }

  mutating func key() -> String {
    random.once(in: 6) ? random.pick(["in", "for", "match", "not", "let", "true", "return"]) : name()
  }

  mutating func literal() -> String {
    switch random.below(9) {
    case 0: random.pick(["0", "1", "42", "1_000", "9223372036854775807"])
    case 1: random.pick(["3.14", "0.5", "1_0.2_5", "2.5e-3", "1e9"])
    case 2: random.pick(["30s", "5ms", "2months", "1.5h", "30.seconds", "10.minutes", "1y", "3w"])
    case 3: random.pick(["true", "false"])
    case 4: "null"
    case 5: random.pick(["vault://team/key", "vault://a-b/c_d.e"])
    default:
      random.pick([
        #""""#, #""text""#, #""a \"quoted\" \\ one\n""#, #""über \u{1F600} 漢字""#, "\"two\nlines\"",
        ##""# no comment // at all""##,
        #""a longer text that takes its place on the line""#,
      ])
    }
  }
}
