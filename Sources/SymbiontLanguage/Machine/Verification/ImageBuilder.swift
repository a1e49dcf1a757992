/// Lays a verified program out as one array of words.
struct ImageBuilder {
  /// Where each table begins in the words.
  struct Layout: Sendable {
    var functions = 0
    var handlers = 0
    var constants = 0
    var constantHeap = 0
    var symbols = 0
    var shapes = 0
    var shapeKeys = 0
    var wellKnown = 0
    var interned = 0
    var internedMask = 0
    /// For each word of the constant heap that begins an object its kind, else 0.
    var constantKinds: [UInt8] = []
  }

  /// The first word stays unused, so that a free slot of the intern table is no handle.
  private var heap: [UInt64] = [0]
  private var kinds: [UInt8] = [0]
  private var handles: [[UInt8]: UInt64] = [:]
  private var texts: [UInt64] = []

  /// The words and where the tables are.
  ///
  /// The instructions come first.
  static func build(_ program: Program) -> (words: [UInt64], layout: Layout) {
    var builder = ImageBuilder()
    return builder.lay(program)
  }

  private mutating func lay(_ program: Program) -> ([UInt64], Layout) {
    let wellKnown = WellKnownText.allCases.map { intern($0.text) }
    let symbols = program.symbols.map { intern($0) }
    let constants = program.constants.flatMap { constant in
      let cell = self.cell(constant)
      return [UInt64(cell.tag), cell.bits]
    }
    var layout = Layout()
    var words = program.functions.flatMap { $0.instructions.map(\.bits) }
    func place(_ table: [UInt64]) -> Int {
      words += table
      return words.count - table.count
    }
    var entry = 0
    var handlerCount = 0
    var functions: [UInt64] = []
    var handlers: [UInt64] = []
    for function in program.functions {
      functions += FunctionEntry.pack(function, entry: entry, firstHandler: handlerCount)
      handlers += function.handlers.flatMap { HandlerEntry.pack($0, entry: entry) }
      entry += function.instructions.count
      handlerCount += function.handlers.count
    }
    var shapes: [UInt64] = []
    var shapeKeys: [UInt64] = []
    for shape in program.shapes {
      shapes.append(UInt64(shapeKeys.count) | UInt64(shape.count) << 32)
      shapeKeys += shape.map { symbols[Int($0)] }
    }
    layout.functions = place(functions)
    layout.handlers = place(handlers)
    layout.constants = place(constants)
    layout.constantHeap = place(heap)
    layout.symbols = place(symbols)
    layout.shapes = place(shapes)
    layout.shapeKeys = place(shapeKeys)
    layout.wellKnown = place(wellKnown)
    let table = internTable()
    layout.interned = place(table)
    layout.internedMask = table.count - 1
    layout.constantKinds = kinds
    return (words, layout)
  }

  private mutating func cell(_ constant: Value) -> Cell {
    switch constant {
    case .bool(let value): Cell(bool: value)
    case .int(let value): Cell(int: value)
    case .float(let value): Cell(float: value)
    case .string(let text): Cell(string: intern(text))
    case .secret(let reference): Cell(tag: Tag.secret, bits: object(reference.path, kind: Tag.secret))
    case .null, .array, .record, .function: .null
    }
  }

  /// The handle of a constant string; equal texts get the same one.
  private mutating func intern(_ text: String) -> UInt64 {
    let key = Array(text.utf8)
    if let known = handles[key] { return known }
    let handle = object(text, kind: Tag.string)
    handles[key] = handle
    texts.append(handle)
    return handle
  }

  private mutating func object(_ text: String, kind: UInt8) -> UInt64 {
    let content = Array(text.utf8)
    let handle = UInt64(heap.count) | Handle.constantBit
    let (scalars, hash) = content.withUnsafeBufferPointer { (Engine.scalarCount($0), TextHash.hash($0)) }
    let flags = scalars == content.count ? HeapObject.Flag.ascii : 0
    heap.append(HeapObject.header(kind: kind, count: content.count, flags: flags))
    heap.append(UInt64(scalars) | UInt64(hash) << 32)
    for start in stride(from: 0, to: content.count, by: HeapObject.wordBytes) {
      var word: UInt64 = 0
      for (position, byte) in content[start..<min(start + HeapObject.wordBytes, content.count)].enumerated() {
        word |= UInt64(byte) << UInt64(position * UInt8.bitWidth)
      }
      heap.append(word)
    }
    kinds.append(kind)
    kinds += repeatElement(0, count: heap.count - kinds.count)
    return handle
  }

  private func internTable() -> [UInt64] {
    var slots = 2
    while slots < texts.count * 2 { slots *= 2 }
    var table = [UInt64](repeating: 0, count: slots)
    for handle in texts {
      let hash = heap[Int(handle & ~Handle.constantBit) + 1] >> 32
      var slot = Int(hash) & (slots - 1)
      while table[slot] != 0 { slot = (slot + 1) & (slots - 1) }
      table[slot] = handle
    }
    return table
  }
}
