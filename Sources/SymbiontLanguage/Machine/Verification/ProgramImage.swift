/// A verified program as flat tables, the form in which the interpreter reads it.
///
/// Valid while ``ExecutableProgram/withImage(_:)`` runs.
struct ProgramImage {
  /// The instructions of all functions, one function after another.
  let code: UnsafePointer<UInt64>
  /// ``FunctionEntry/words`` words a function.
  let functions: UnsafePointer<UInt64>
  /// ``HandlerEntry/words`` words a handler.
  let handlers: UnsafePointer<UInt64>
  /// The constants.
  let constants: UnsafePointer<Cell>
  /// The objects of constant strings and secrets.
  let constantHeap: UnsafePointer<UInt64>
  /// The handles of the field names.
  let symbols: UnsafePointer<UInt64>
  /// For each record shape where its keys begin and, in the upper half, how many they are.
  let shapes: UnsafePointer<UInt64>
  /// The key handles of all shapes.
  let shapeKeys: UnsafePointer<UInt64>
  /// The handles of ``WellKnownText``.
  let wellKnown: UnsafePointer<UInt64>
  /// A hash table of the handles of all constant strings; zero is a free slot.
  let interned: UnsafePointer<UInt64>
  /// Slots of ``interned`` less one.
  let internedMask: Int
  /// What only slow paths need.
  let program: Unmanaged<ExecutableProgram>
}

/// What the image says of a function, packed into words.
struct FunctionEntry {
  @inline(__always) static var words: Int { 3 }

  /// Its first instruction.
  let entry: Int
  /// The instruction after its last.
  let end: Int
  /// Registers of a frame.
  let registerCount: Int
  /// Parameters.
  let parameterCount: Int
  /// Captures.
  let captureCount: Int
  /// Its first handler.
  let firstHandler: Int
  /// How many handlers it has.
  let handlerCount: Int

  @inline(__always)
  init(_ words: UnsafePointer<UInt64>) {
    entry = Int(UInt32(truncatingIfNeeded: words[0]))
    end = Int(UInt32(truncatingIfNeeded: words[0] >> 32))
    registerCount = Int(UInt16(truncatingIfNeeded: words[1]))
    parameterCount = Int(UInt16(truncatingIfNeeded: words[1] >> 16))
    captureCount = Int(UInt16(truncatingIfNeeded: words[1] >> 32))
    firstHandler = Int(UInt32(truncatingIfNeeded: words[2]))
    handlerCount = Int(UInt32(truncatingIfNeeded: words[2] >> 32))
  }

  /// The packed form; the verifier has checked that every part fits.
  static func pack(_ function: FunctionCode, entry: Int, firstHandler: Int) -> [UInt64] {
    [
      UInt64(entry) | UInt64(entry + function.instructions.count) << 32,
      UInt64(function.registerCount) | UInt64(function.parameterCount) << 16 | UInt64(function.captureCount) << 32,
      UInt64(firstHandler) | UInt64(function.handlers.count) << 32,
    ]
  }
}

/// What the image says of a handler.
///
/// Instructions are counted over the whole program.
struct HandlerEntry {
  @inline(__always) static var words: Int { 2 }

  let lower: Int
  let upper: Int
  let target: Int
  let register: Int

  init(_ words: UnsafePointer<UInt64>) {
    lower = Int(UInt32(truncatingIfNeeded: words[0]))
    upper = Int(UInt32(truncatingIfNeeded: words[0] >> 32))
    target = Int(UInt32(truncatingIfNeeded: words[1]))
    register = Int(UInt32(truncatingIfNeeded: words[1] >> 32))
  }

  /// The packed form.
  static func pack(_ handler: FunctionCode.Handler, entry: Int) -> [UInt64] {
    [
      UInt64(entry + Int(handler.range.lowerBound)) | UInt64(entry + Int(handler.range.upperBound)) << 32,
      UInt64(entry + Int(handler.target)) | UInt64(handler.register) << 32,
    ]
  }
}

extension ProgramImage {
  /// What is known of a function, whose index must be valid.
  @inline(__always)
  func function(_ index: Int) -> FunctionEntry { FunctionEntry(functions + index * FunctionEntry.words) }

  /// The keys of a record shape, whose index must be valid.
  @inline(__always)
  func shape(_ index: Int) -> UnsafeBufferPointer<UInt64> {
    let entry = shapes[index]
    return UnsafeBufferPointer(
      start: shapeKeys + Int(UInt32(truncatingIfNeeded: entry)), count: Int(truncatingIfNeeded: entry >> 32))
  }

  /// The object of a constant string or secret.
  @inline(__always)
  func constantObject(_ handle: UInt64) -> UnsafePointer<UInt64> {
    constantHeap + Int(truncatingIfNeeded: handle & ~Handle.constantBit)
  }

  /// A text that every program has.
  func text(_ text: WellKnownText) -> Cell { Cell(string: wellKnown[text.rawValue]) }

  /// The constant with this content, when there is one.
  func constant(equalTo content: UnsafeBufferPointer<UInt8>, hash: UInt32) -> UInt64? {
    var slot = Int(hash) & internedMask
    while interned[slot] != 0 {
      let handle = interned[slot]
      let object = constantObject(handle)
      if UInt32(truncatingIfNeeded: object[1] >> 32) == hash, HeapObject.count(object[0]) == content.count {
        let bytes = UnsafeRawPointer(object + HeapObject.headerWords).assumingMemoryBound(to: UInt8.self)
        if UnsafeBufferPointer(start: bytes, count: content.count).elementsEqual(content) { return handle }
      }
      slot = (slot + 1) & internedMask
    }
    return nil
  }
}
