internal import SymbiontCore
internal import SymbiontLanguage

/// The arguments of a request with the errors that a program sees when they are not what the effect takes.
struct EffectArguments: Sendable {
  let request: EffectRequest
  let name: String

  init(_ request: EffectRequest) {
    self.request = request
    name = BuiltinSignature.name(of: request.effect)
  }

  func value(_ index: Int) -> Value { index < request.arguments.count ? request.arguments[index] : .null }

  func text(_ index: Int, _ what: String) throws(ProgramError) -> String {
    guard case .string(let text) = value(index) else { throw mismatch(what, "string", value(index)) }
    return text
  }

  func record(_ index: Int, _ what: String) throws(ProgramError) -> Record {
    guard case .record(let record) = value(index) else { throw mismatch(what, "record", value(index)) }
    return record
  }

  func array(_ index: Int, _ what: String) throws(ProgramError) -> [Value] {
    guard case .array(let array) = value(index) else { throw mismatch(what, "array", value(index)) }
    return array
  }

  /// A number of seconds as a duration, at most ``longestSeconds``.
  func duration(_ value: Value, _ what: String) throws(ProgramError) -> Duration {
    guard let seconds = value.floatValue ?? value.intValue.map(Double.init) else {
      throw mismatch(what, "a duration", value)
    }
    guard seconds >= 0, seconds <= Self.longestSeconds else {
      throw ProgramError(
        kind: "TypeError", message: "\(name): `\(what)` must be between 0 seconds and 10 years, found `\(seconds)`")
    }
    return .microseconds(Int64(seconds * 1_000_000))
  }

  /// Ten years: timers stay within what a timestamp holds.
  static let longestSeconds = 10.0 * 365 * 86_400

  func optionalDuration(_ option: String) throws(ProgramError) -> Duration? {
    guard let value = request.options[option], value != .null else { return nil }
    return try duration(value, option)
  }

  func mismatch(_ what: String, _ expected: String, _ found: Value) -> ProgramError {
    ProgramError(kind: "TypeError", message: "\(name): `\(what)` must be \(expected), found \(found.typeName)")
  }
}

extension BuiltinSignature {
  /// The name of an effect in the language.
  static func name(of effect: Effect) -> String { names[effect] ?? "tool" }

  private static let names: [Effect: String] = Dictionary(
    all.compactMap { signature in
      if case .effect(let effect) = signature.target { (effect, signature.name) } else { nil }
    }, uniquingKeysWith: { first, _ in first })
}
