/// The constants, field names and layouts that instructions refer to by number, each kept once.
struct ConstantPool {
  private(set) var values: [Value] = []
  private(set) var symbols: [String] = []
  private(set) var shapes: [[UInt32]] = []
  private(set) var callShapes: [Program.CallShape] = []

  private var integers: [Int64: Int32] = [:]
  private var floats: [UInt64: Int32] = [:]
  private var texts: [String: Int32] = [:]
  /// By the name that the literal's own bytes have.
  private var literals: [Int32] = []
  private var symbolOfName: [Int32] = []
  private var shapeNumbers: [[UInt32]: Int] = [:]
  private var callShapeNumbers: [Program.CallShape: Int] = [:]

  /// The number of a constant.
  mutating func number(of value: Value) -> Int32 {
    switch value {
    case .int(let integer): return lookUp(integer, in: \.integers, value)
    case .float(let float): return lookUp(float.bitPattern, in: \.floats, value)
    case .string(let text): return lookUp(text, in: \.texts, value)
    default: return append(value)
    }
  }

  private mutating func lookUp<Key: Hashable>(
    _ key: Key, in table: WritableKeyPath<ConstantPool, [Key: Int32]>, _ value: Value
  ) -> Int32 {
    if let known = self[keyPath: table][key] { return known }
    let number = append(value)
    self[keyPath: table][key] = number
    return number
  }

  private mutating func append(_ value: Value) -> Int32 {
    values.append(value)
    return Int32(truncatingIfNeeded: values.count - 1)
  }

  /// The number of a string literal's value; `name` stands for the literal as it is written.
  mutating func number(ofLiteral name: NameID, _ text: @autoclosure () -> String) -> Int32 {
    let index = Int(name)
    if index >= literals.count { literals.append(contentsOf: repeatElement(-1, count: index + 1 - literals.count)) }
    if literals[index] < 0 { literals[index] = number(of: .string(text())) }
    return literals[index]
  }

  /// The number of a field name.
  mutating func symbol(_ name: NameID, in names: NameTable) -> Int {
    let index = Int(name)
    if index >= symbolOfName.count {
      symbolOfName.append(contentsOf: repeatElement(-1, count: index + 1 - symbolOfName.count))
    }
    if symbolOfName[index] < 0 {
      symbolOfName[index] = Int32(truncatingIfNeeded: symbols.count)
      symbols.append(names.text(name))
    }
    return Int(symbolOfName[index])
  }

  /// The number of a list of field names.
  mutating func shape(_ symbols: [UInt32]) -> Int {
    if let known = shapeNumbers[symbols] { return known }
    shapeNumbers[symbols] = shapes.count
    shapes.append(symbols)
    return shapes.count - 1
  }

  /// The number of an argument layout.
  mutating func callShape(_ shape: Program.CallShape) -> Int {
    if let known = callShapeNumbers[shape] { return known }
    callShapeNumbers[shape] = callShapes.count
    callShapes.append(shape)
    return callShapes.count - 1
  }
}
