/// The pure builtins. Arguments lie in a window of registers; the result replaces the first.
///
/// A builtin that makes an object first ensures its words and then reads its arguments again, because ensuring may move
/// what they refer to.
extension Engine {
  /// Calls a builtin; the verifier has checked that it exists and takes this many arguments.
  @inline(never)
  func callBuiltin(_ raw: UInt16, _ window: UnsafeMutablePointer<Cell>, count: Int) throws(Thrown) {
    guard let builtin = Builtin(rawValue: raw) else { return }
    let arguments = BuiltinArguments(engine: self, builtin: builtin, window: window, count: count)
    window.pointee = try call(arguments)
  }

  private func call(_ arguments: BuiltinArguments) throws(Thrown) -> Cell {
    switch arguments.builtin {
    case .len, .keys, .values, .get, .contains, .push, .slice, .reverse, .range, .sum, .sort, .sortByKeys, .some, .ok,
      .err, .error, .map, .filter, .reduce:
      try callCollectionBuiltin(arguments)
    case .join, .split, .trim, .upper, .lower, .replace, .startsWith, .endsWith, .matches, .format:
      try callTextBuiltin(arguments)
    case .int, .float, .string, .typeOf, .abs, .min, .max, .round, .floor, .ceil:
      try callNumberBuiltin(arguments)
    case .parseJSON, .toJSON, .hash, .hex, .base64Encode, .base64Decode, .parseTime, .formatTime:
      try callEncodingBuiltin(arguments)
    }
  }
}

/// The arguments of one call of a builtin.
struct BuiltinArguments {
  let engine: Engine
  let builtin: Builtin
  let window: UnsafeMutablePointer<Cell>
  let count: Int

  /// The argument as it is now; what it refers to stays there until the next `ensure`.
  @inline(__always)
  subscript(index: Int) -> Cell { window[index] }

  /// Checks the type of an argument.
  func expect(_ index: Int, _ tag: UInt8, _ expected: StaticString) throws(Thrown) {
    guard window[index].tag == tag else { throw wrong(index, "\(expected)") }
  }

  /// The argument as a string.
  func expectString(_ index: Int) throws(Thrown) { try expect(index, Tag.string, "a String") }

  /// The argument as an int.
  func int(_ index: Int) throws(Thrown) -> Int {
    try expect(index, Tag.int, "an int")
    return Int(window[index].int)
  }

  /// The bytes of a string argument; valid until the next `ensure`.
  func bytes(_ index: Int) throws(Thrown) -> UnsafeBufferPointer<UInt8> {
    try expectString(index)
    return engine.bytes(window[index])
  }

  /// A string argument as the libraries want it.
  func text(_ index: Int) throws(Thrown) -> String {
    try expectString(index)
    try engine.spend(engine.bytes(window[index]).count / HeapObject.wordBytes)
    return engine.text(window[index])
  }

  /// The error for an argument of the wrong type.
  func wrong(_ index: Int, _ expected: String) -> Thrown {
    engine.raise(
      .typeError, "`\(builtin.name)` expects \(expected)\(role(index)), not `\(window[index].typeName)`")
  }

  /// The error for an argument of the right type that has no meaning here.
  func invalid(_ kind: WellKnownText, _ message: String) -> Thrown {
    engine.raise(kind, "`\(builtin.name)`: \(message)")
  }

  private func role(_ index: Int) -> String {
    guard let parameters = builtin.signature?.parameters, parameters.indices.contains(index) else { return "" }
    return " as `\(parameters[index])`"
  }
}
