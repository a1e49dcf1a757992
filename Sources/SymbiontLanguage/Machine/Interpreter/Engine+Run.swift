extension Engine {
  /// Why the interpreter stopped.
  enum Exit {
    case outOfFuel, effect, completed, failed
  }

  /// How a run goes on after an instruction that was executed on the slow path.
  enum Continuation {
    /// With the next instruction.
    case next
    /// After a jump over this many instructions.
    case jump(Int)
    /// Where the state says: in a callee, a caller or a handler.
    case elsewhere
    /// Not at all.
    case exit(Exit)
  }

  /// The fuel that one run can use; more instructions than a machine executes in days, few enough for addresses.
  private static var mostFuel: Int { 1 << 48 }
  @inline(__always) private static var instructionBytes: Int { MemoryLayout<UInt64>.stride }

  /// Goes on elsewhere, with the same fuel.
  @inline(__always)
  private static func jump(_ distance: Int, _ next: inout UnsafePointer<UInt64>, _ limit: inout Int) {
    next += distance
    limit &+= distance &* instructionBytes
  }

  /// Runs until the fuel is used up, an effect is asked for, or the program ends.
  ///
  /// The verifier has checked code, registers and tables, so they are read without checks; the heap is always checked.
  /// The switch holds only what programs do all the time and what needs no call: a case that is done says `continue`, all
  /// others are left to ``execute(_:_:next:_:)``. The function is long because it is the machine's inner loop: splitting
  /// the switch would put a call into every instruction.
  ///
  /// - Parameters:
  ///   - fuel: Instructions that may run; what is left on return, negative when the last one cost more.
  ///   - request: Receives what an effect asks for.
  func run(fuel: inout Int, request: inout EffectRequest?) -> Exit {
    let code = image.pointee.code
    let symbols = image.pointee.symbols
    let constants = image.pointee.constants
    var next = code + state.pointee.programCounter
    var frame = state.pointee.registers + state.pointee.base
    // Fuel is not counted down: a limit on the program counter moves along with every jump, so that straight code only
    // compares. What is left is always the distance between the two.
    let given = min(fuel, Self.mostFuel)
    var limit = Int(bitPattern: next) &+ given &* Self.instructionBytes
    defer {
      state.pointee.programCounter = next - code
      fuel &-= given &- (limit &- Int(bitPattern: next)) / Self.instructionBytes
    }
    while Int(bitPattern: next) < limit {
      let instruction = InstructionReference(next)
      next += 1
      // The verifier has seen that the opcode exists.
      switch unsafeBitCast(instruction.operation, to: Opcode.self) {
      case .loadNull:
        frame[instruction.a] = .null
        continue
      case .loadBool:
        frame[instruction.a] = Cell(bool: instruction.b != 0)
        continue
      case .loadInteger:
        frame[instruction.a] = Cell(int: instruction.x)
        continue
      case .loadConstant:
        frame[instruction.a] = constants[instruction.x]
        continue
      case .move:
        frame[instruction.a] = frame[instruction.b]
        continue
      case .copy:
        let value = frame[instruction.b]
        share(value)
        frame[instruction.a] = value
        continue

      case .add:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          let (sum, overflows) = x.int.addingReportingOverflow(y.int)
          if !overflows {
            frame[instruction.a] = Cell(int: sum)
            continue
          }
        } else if x.isFloat, y.isFloat {
          frame[instruction.a] = Cell(float: x.float + y.float)
          continue
        }
      case .addImmediate:
        let x = frame[instruction.b]
        if x.isInt {
          let (sum, overflows) = x.int.addingReportingOverflow(Int64(instruction.signedC))
          if !overflows {
            frame[instruction.a] = Cell(int: sum)
            continue
          }
        }
      case .subtract:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          let (difference, overflows) = x.int.subtractingReportingOverflow(y.int)
          if !overflows {
            frame[instruction.a] = Cell(int: difference)
            continue
          }
        } else if x.isFloat, y.isFloat {
          frame[instruction.a] = Cell(float: x.float - y.float)
          continue
        }
      case .multiply:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          let (product, overflows) = x.int.multipliedReportingOverflow(by: y.int)
          if !overflows {
            frame[instruction.a] = Cell(int: product)
            continue
          }
        } else if x.isFloat, y.isFloat {
          frame[instruction.a] = Cell(float: x.float * y.float)
          continue
        }
      case .remainder:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int, y.int > 0 {
          frame[instruction.a] = Cell(int: x.int % y.int)
          continue
        }
      case .not:
        let x = frame[instruction.b]
        if x.isBool {
          frame[instruction.a] = Cell(bool: x.bits == 0)
          continue
        }

      case .equal:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          frame[instruction.a] = Cell(bool: x.bits == y.bits)
          continue
        }
      case .notEqual:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          frame[instruction.a] = Cell(bool: x.bits != y.bits)
          continue
        }
      case .less:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          frame[instruction.a] = Cell(bool: x.int < y.int)
          continue
        }
      case .lessOrEqual:
        let x = frame[instruction.b]
        let y = frame[instruction.c]
        if (x.tag | y.tag) == Tag.int {
          frame[instruction.a] = Cell(bool: x.int <= y.int)
          continue
        }

      case .jump:
        Self.jump(instruction.x, &next, &limit)
        // Back at the head of a loop over a range: go through it at once, when the fuel suffices.
        let target = InstructionReference(next)
        guard target.operation == Opcode.iterateRange.rawValue else { continue }
        guard Int(bitPattern: next) < limit else { continue }
        guard let isNumber = advance(frame + target.a) else { continue }
        next += 1
        if !isNumber { Self.jump(target.x, &next, &limit) }
        continue
      case .jumpIfTrue:
        let x = frame[instruction.a]
        if x.isBool {
          if x.bits != 0 { Self.jump(instruction.x, &next, &limit) }
          continue
        }
      case .jumpIfFalse:
        let x = frame[instruction.a]
        if x.isBool {
          if x.bits == 0 { Self.jump(instruction.x, &next, &limit) }
          continue
        }
      case .jumpIfNull:
        if frame[instruction.a].isNull { Self.jump(instruction.x, &next, &limit) }
        continue
      case .jumpIfNotNull:
        if !frame[instruction.a].isNull { Self.jump(instruction.x, &next, &limit) }
        continue
      case .jumpIfEqual:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.bits == y.bits { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotEqual:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.bits != y.bits { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfLess:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.int < y.int { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfLessOrEqual:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.int <= y.int { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotLess:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.int >= y.int { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotLessOrEqual:
        let x = frame[instruction.a]
        let y = frame[instruction.b]
        if (x.tag | y.tag) == Tag.int {
          if x.int > y.int { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotEqualImmediate:
        let x = frame[instruction.a]
        if x.isInt {
          if x.int != instruction.signedB { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotLessImmediate:
        let x = frame[instruction.a]
        if x.isInt {
          if x.int >= instruction.signedB { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotLessOrEqualImmediate:
        let x = frame[instruction.a]
        if x.isInt {
          if x.int > instruction.signedB { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotGreaterImmediate:
        let x = frame[instruction.a]
        if x.isInt {
          if x.int <= instruction.signedB { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }
      case .jumpIfNotGreaterOrEqualImmediate:
        let x = frame[instruction.a]
        if x.isInt {
          if x.int < instruction.signedB { Self.jump(instruction.signedC, &next, &limit) }
          continue
        }

      case .iterate:
        if let isElement = iterateArray(frame + instruction.a) {
          if !isElement { Self.jump(instruction.x, &next, &limit) }
          continue
        }
      case .iterateRange:
        if let isNumber = advance(frame + instruction.a) {
          if !isNumber { Self.jump(instruction.x, &next, &limit) }
          continue
        }
      case .checkRange:
        if (frame[instruction.a].tag | frame[instruction.a + 1].tag) == Tag.int { continue }
      case .checkBool:
        if frame[instruction.a].isBool { continue }

      case .call:
        let window = frame + instruction.a
        let callee = image.pointee.function(instruction.b)
        if enterQuickly(instruction.b, callee, window, argumentCount: instruction.c, returning: next - code) {
          frame = window
          Self.jump(code + callee.entry - next, &next, &limit)
          continue
        }
      case .return:
        if state.pointee.frameCount > 0 {
          frame[0] = frame[instruction.a]
          Self.jump(code + leave() - next, &next, &limit)
          frame = state.pointee.registers + state.pointee.base
          continue
        }
      case .returnNull:
        if state.pointee.frameCount > 0 {
          frame[0] = .null
          Self.jump(code + leave() - next, &next, &limit)
          frame = state.pointee.registers + state.pointee.base
          continue
        }

      case .append:
        if appendQuickly(frame[instruction.a], frame[instruction.b]) { continue }
      case .getField:
        let source = frame[instruction.b]
        if source.isRecord, let value = quickField(source, symbols[instruction.c]) {
          share(value)
          frame[instruction.a] = value
          continue
        }
      case .peekField:
        let source = frame[instruction.b]
        if source.isRecord, let value = quickField(source, symbols[instruction.c]) {
          frame[instruction.a] = value
          continue
        }
      case .setField:
        let place = frame[instruction.a]
        if place.isRecord, quickSetField(place, symbols[instruction.b], frame[instruction.c]) { continue }
      case .getIndex:
        let source = frame[instruction.b]
        let index = frame[instruction.c]
        if source.isArray, index.isInt, let value = quickElement(source, index.int) {
          share(value)
          frame[instruction.a] = value
          continue
        }
      case .peekIndex:
        let source = frame[instruction.b]
        let index = frame[instruction.c]
        if source.isArray, index.isInt, let value = quickElement(source, index.int) {
          frame[instruction.a] = value
          continue
        }
      case .setIndex:
        let place = frame[instruction.a]
        let index = frame[instruction.b]
        if place.isArray, index.isInt, quickSetElement(place, index.int, frame[instruction.c]) { continue }

      case .divide, .negate, .contained, .callClosure, .callBuiltin, .callEffect, .callTool, .makeClosure, .newArray,
        .newRecord, .placeField, .placeIndex, .throw, .checkType, .isArrayOfCount, .isArrayOfAtLeast, .hasField,
        .arrayRest:
        break
      }

      let continuation = execute(instruction.value, frame, counter: next - code, &request)
      limit &-= settle() &* Self.instructionBytes
      switch continuation {
      case .next: continue
      case .jump(let distance): Self.jump(distance, &next, &limit)
      case .elsewhere:
        Self.jump(code + state.pointee.programCounter - next, &next, &limit)
        frame = state.pointee.registers + state.pointee.base
      case .exit(let exit): return exit
      }
    }
    return .outOfFuel
  }
}

/// An instruction where it lies: reading an operand is one load, where taking it out of a register needs shifts.
private struct InstructionReference {
  private let address: UnsafeRawPointer

  @inline(__always)
  init(_ address: UnsafePointer<UInt64>) { self.address = UnsafeRawPointer(address) }

  @inline(__always) var value: Instruction { Instruction(bits: address.load(as: UInt64.self)) }
  @inline(__always) var operation: UInt8 { address.load(as: UInt8.self) }
  @inline(__always) var a: Int { Int(address.load(fromByteOffset: 2, as: UInt16.self)) }
  @inline(__always) var b: Int { Int(address.load(fromByteOffset: 4, as: UInt16.self)) }
  @inline(__always) var c: Int { Int(address.load(fromByteOffset: 6, as: UInt16.self)) }
  @inline(__always) var signedB: Int { Int(address.load(fromByteOffset: 4, as: Int16.self)) }
  @inline(__always) var signedC: Int { Int(address.load(fromByteOffset: 6, as: Int16.self)) }
  @inline(__always) var x: Int { Int(address.load(fromByteOffset: 4, as: Int32.self)) }
}
