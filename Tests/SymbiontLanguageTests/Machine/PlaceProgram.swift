import SymbiontLanguage

/// Random straight-line programs over nested arrays and records, together with what they must give: a model with real
/// copies.
///
/// A variable is a register; whatever is stored is copied first, as the compiler does.
struct PlaceProgram {
  static let variableCount = 5
  /// Registers above the variables, for temporaries.
  private static let scratch = variableCount

  private(set) var lines: [Line] = []
  /// What the variables hold at the end.
  private(set) var model: [Value]

  private static let keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]

  /// Makes a program of this many random statements, whose result is the array of its variables.
  init(_ generator: inout SampleGenerator, into assembler: inout Assembler, length: Int) {
    model = Array(repeating: .null, count: Self.variableCount)
    for variable in 0..<Self.variableCount { literal(variable, &generator, &assembler) }
    for _ in 0..<length { statement(&generator, &assembler) }
    for variable in 0..<Self.variableCount { lines.append(.op(.copy, Self.scratch + variable, variable)) }
    lines.append(.op(.newArray, 0, Self.scratch, Self.variableCount))
    lines.append(.op(.return, 0))
  }

  /// Makes a program and adds it as a function.
  static func assemble(_ generator: inout SampleGenerator, into assembler: inout Assembler, length: Int) -> Int {
    let program = PlaceProgram(&generator, into: &assembler, length: length)
    return assembler.function(registers: 2 * variableCount + 2, program.lines)
  }

  private mutating func literal(_ variable: Int, _ generator: inout SampleGenerator, _ assembler: inout Assembler) {
    let count = Int.random(in: 0...3, using: &generator)
    for position in 0..<count { lines.append(.wide(.loadInteger, Self.scratch + position, position)) }
    if generator.chance(50) {
      lines.append(.op(.newArray, variable, Self.scratch, count))
      model[variable] = .array((0..<count).map { .int(Int64($0)) })
    } else {
      let keys = Array(Self.keys.prefix(count))
      lines.append(.op(.newRecord, variable, Self.scratch, assembler.shape(keys)))
      model[variable] = .record(Record(keys.enumerated().map { ($1, .int(Int64($0))) }))
    }
  }

  private mutating func statement(_ generator: inout SampleGenerator, _ assembler: inout Assembler) {
    let target = Int.random(in: 0..<Self.variableCount, using: &generator)
    let source = Int.random(in: 0..<Self.variableCount, using: &generator)
    switch Int.random(in: 0..<10, using: &generator) {
    case 0:
      lines.append(.op(.copy, target, source))
      model[target] = model[source]
    case 1: literal(target, &generator, &assembler)
    case 2: read(target, source, &generator, &assembler)
    default: store(target, source, &generator, &assembler)
    }
    // Values double with each store of a container in itself: keep them small.
    if weight(model[target]) > 200 { literal(target, &generator, &assembler) }
  }

  private func weight(_ value: Value) -> Int {
    switch value {
    case .array(let elements): elements.reduce(1) { $0 + weight($1) }
    case .record(let record): record.reduce(1) { $0 + weight($1.value) }
    default: 1
    }
  }

  /// `target = source[x]`, when there is an element.
  private mutating func read(
    _ target: Int, _ source: Int, _ generator: inout SampleGenerator, _ assembler: inout Assembler
  ) {
    guard let key = randomChild(model[source], &generator) else { return }
    emitAccess(target, source, key, &assembler, field: .getField, index: .getIndex)
    model[target] = child(model[source], key)
  }

  /// `target.path = source`: places down to a random depth, the store, and the way back.
  private mutating func store(
    _ target: Int, _ source: Int, _ generator: inout SampleGenerator, _ assembler: inout Assembler
  ) {
    var path: [Key] = []
    var value = model[target]
    while path.count < 3, generator.chance(60), let key = randomChild(value, &generator) {
      let inner = child(value, key)
      guard inner.arrayValue != nil || inner.recordValue != nil else { break }
      path.append(key)
      value = inner
    }
    let stored = model[source]
    let place = Self.scratch + 1
    let last: Key
    switch value {
    case .array(let elements):
      last =
        elements.isEmpty || generator.chance(40) ? .end : .index(Int.random(in: elements.indices, using: &generator))
    case .record: last = .field(generator.pick(Self.keys))
    default: return
    }
    // The value first: marked as shared, it cannot be reached through the places that follow.
    lines.append(.op(.copy, Self.scratch, source))
    // Each level lies in a register of its own: target, then place, place + 1 …
    for (depth, key) in path.enumerated() {
      emitAccess(
        place + depth, depth == 0 ? target : place + depth - 1, key, &assembler, field: .placeField, index: .placeIndex)
    }
    emitStore(path.isEmpty ? target : place + path.count - 1, last, Self.scratch, &assembler)
    for (depth, key) in path.enumerated().reversed() {
      emitStore(depth == 0 ? target : place + depth - 1, key, place + depth, &assembler)
    }
    model[target] = updated(model[target], path + [last], stored)
  }

  private enum Key {
    case index(Int)
    case field(String)
    case end
  }

  private func randomChild(_ value: Value, _ generator: inout SampleGenerator) -> Key? {
    switch value {
    case .array(let elements): elements.isEmpty ? nil : .index(Int.random(in: elements.indices, using: &generator))
    case .record(let record): record.isEmpty ? nil : .field(generator.pick(record.keys))
    default: nil
    }
  }

  private func child(_ value: Value, _ key: Key) -> Value {
    switch key {
    case .index(let index): value[index] ?? .null
    case .field(let name): value[name] ?? .null
    case .end: .null
    }
  }

  private func updated(_ value: Value, _ path: [Key], _ stored: Value) -> Value {
    guard let key = path.first else { return stored }
    let rest = Array(path.dropFirst())
    switch (value, key) {
    case (.array(var elements), .index(let index)):
      elements[index] = updated(elements[index], rest, stored)
      return .array(elements)
    case (.array(let elements), .end): return .array(elements + [stored])
    case (.record(var record), .field(let name)):
      record[name] = updated(record[name] ?? .null, rest, stored)
      return .record(record)
    default: return value
    }
  }

  private mutating func emitAccess(
    _ target: Int, _ source: Int, _ key: Key, _ assembler: inout Assembler, field: Opcode, index: Opcode
  ) {
    switch key {
    case .index(let position):
      lines.append(.wide(.loadInteger, 2 * Self.variableCount, position))
      lines.append(.op(index, target, source, 2 * Self.variableCount))
    case .field(let name): lines.append(.op(field, target, source, assembler.symbol(name)))
    case .end: return
    }
  }

  private mutating func emitStore(_ place: Int, _ key: Key, _ value: Int, _ assembler: inout Assembler) {
    switch key {
    case .index(let position):
      lines.append(.wide(.loadInteger, 2 * Self.variableCount, position))
      lines.append(.op(.setIndex, place, 2 * Self.variableCount, value))
    case .field(let name): lines.append(.op(.setField, place, assembler.symbol(name), value))
    case .end: lines.append(.op(.append, place, value))
    }
  }
}
