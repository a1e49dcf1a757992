extension ProgramGenerator {
  /// An expression of a type for a runnable program.
  mutating func value(_ type: GeneratedType) -> String {
    guard depth < options.maximumDepth + 1 else { return simpleValue(type) }
    depth += 1
    defer { depth -= 1 }
    if random.once(in: 5) { return simpleValue(type) }
    let callable = functions.filter { $0.result == type }
    if !callable.isEmpty, random.once(in: 6) {
      let function = random.pick(callable)
      return "\(function.name)(\(function.parameters.map { value($0) }.joined(separator: ", ")))"
    }
    if random.once(in: 8) { return "(if \(value(.bool)) { \(value(type)) } else { \(value(type)) })" }
    if random.once(in: 10) { return "(match \(value(.int)) { 0 => \(value(type)), _ => \(value(type)) })" }
    switch type {
    case .int: return intValue()
    case .string: return stringValue()
    case .bool: return boolValue()
    case .array: return arrayValue()
    case .record: return recordValue()
    }
  }

  private mutating func simpleValue(_ type: GeneratedType) -> String {
    let known = variables.filter { $0.type == type }
    if !known.isEmpty, !random.once(in: 3) { return random.pick(known).name }
    switch type {
    case .int: return "\(random.below(100))"
    case .string: return random.pick([#""""#, #""a""#, #""text with \"quotes\"""#, #""zwölf""#])
    case .bool: return random.pick(["true", "false"])
    case .array: return random.pick(["[]", "[1]", "[3, 1, 2]"])
    case .record: return random.pick(["{ k: 1, n: 2 }", "{ n: 5, k: 0 }"])
    }
  }

  private mutating func intValue() -> String {
    switch random.below(10) {
    case 0, 1, 2: "(\(value(.int)) \(random.pick(["+", "-"])) \(value(.int)))"
    // Factors are kept small, so that nothing overflows.
    case 3: "(\(value(.int)) % 1000 * (\(value(.int)) % 1000))"
    case 4: "(\(value(.int)) \(random.pick(["/", "%"])) \(1 + random.below(9)))"
    case 5: "-(\(value(.int)))"
    case 6: "\(value(.string)).len()"
    case 7: "len(\(value(.array)))"
    case 8: "\(value(.record)).\(random.pick(["k", "n"]))"
    default: "reduce(\(value(.array)), 0, (acc, x) => (acc + x) % 1000)"
    }
  }

  private mutating func stringValue() -> String {
    switch random.below(6) {
    case 0: "(\(value(.string)) + \(simpleValue(.string)))"
    case 1: "upper(\(value(.string)))"
    case 2: "string(\(value(.int)))"
    case 3: "join(\(value(.array)).map(x => string(x)), \"-\")"
    case 4: "format(\"{}/{}\", \(value(.int)), \(value(.bool)))"
    default: "to_json(\(value(.array)))"
    }
  }

  private mutating func boolValue() -> String {
    switch random.below(6) {
    case 0: "\(value(.int)) \(random.pick(["<", ">", "<=", ">=", "==", "!="])) \(value(.int))".parenthesized
    case 1: "(\(value(.bool)) \(random.pick(["&&", "||"])) \(value(.bool)))"
    case 2: random.pick(["!", "not "]) + "(\(value(.bool)))"
    case 3: "(\(value(.int)) in \(value(.array)))"
    case 4: "(\(value(.record)) == \(value(.record)))"
    default: "contains(\(value(.array)), \(value(.int)))"
    }
  }

  private mutating func arrayValue() -> String {
    switch random.below(7) {
    case 0: "[\((0..<random.below(4)).map { _ in value(.int) + " % 10_000" }.joined(separator: ", "))]"
    case 1: "map(\(value(.array)), x => x + \(random.below(9)))"
    case 2: "\(value(.array)).filter(x => x % 2 == 0)"
    case 3: "sort(\(value(.array)))"
    case 4: "reverse(\(value(.array)))"
    case 5: "push(\(simpleValue(.array)), \(value(.int)))"
    default: "\(value(.array)).map(x => { let y = x % 10; y * 2 })"
    }
  }

  private mutating func recordValue() -> String {
    "{ k: \(value(.int)) % 10_000, n: \(value(.int)) % 10_000\(random.once(in: 3) ? ", \"more\": \(value(.string))" : "") }"
  }
}

extension String {
  fileprivate var parenthesized: String { "(\(self))" }
}
