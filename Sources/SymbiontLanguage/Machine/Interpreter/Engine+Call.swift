/// Calls, effects and the way back to a handler.
extension Engine {
  /// Makes room for one more frame.
  @inline(never)
  func growFrames() throws(Thrown) {
    let count = state.pointee.frameCount
    let limit = state.pointee.limits.stackDepth
    guard count < limit else {
      throw raise(.limitExceeded, "calls are nested deeper than the limit of `\(limit)`; use a loop")
    }
    let capacity = min(max(count * 2, 1), limit)
    let frames = UnsafeMutablePointer<MachineState.Frame>.allocate(capacity: capacity)
    frames.moveInitialize(from: state.pointee.frames, count: count)
    state.pointee.frames.deallocate()
    state.pointee.frames = frames
    state.pointee.frameCapacity = capacity
  }

  /// Makes room for registers up to `top`.
  @inline(never)
  func growRegisters(to top: Int) throws(Thrown) {
    let limit = state.pointee.limits.registers
    guard top <= limit else {
      throw raise(.limitExceeded, "the calls need more than the limit of `\(limit)` registers; nest less deeply")
    }
    let capacity = min(max(state.pointee.registerCapacity * 2, top), limit)
    let registers = UnsafeMutablePointer<Cell>.allocate(capacity: capacity)
    registers.moveInitialize(from: state.pointee.registers, count: state.pointee.registerCapacity)
    (registers + state.pointee.registerCapacity).initialize(
      repeating: .null, count: capacity - state.pointee.registerCapacity)
    state.pointee.registers.deallocate()
    state.pointee.registers = registers
    state.pointee.registerCapacity = capacity
  }

  /// Enters a function whose arguments lie at `window`.
  func enter(
    _ index: Int, _ window: UnsafeMutablePointer<Cell>, argumentCount: Int, returning: Int
  ) throws(Thrown) {
    let callee = image.pointee.function(index)
    let base = window - state.pointee.registers
    let top = base + callee.registerCount
    if state.pointee.frameCount == state.pointee.frameCapacity { try growFrames() }
    if top > state.pointee.registerCapacity { try growRegisters(to: top) }
    // There is room now.
    _ = enterQuickly(
      index, callee, state.pointee.registers + base, argumentCount: argumentCount, returning: returning)
    state.pointee.programCounter = callee.entry
  }

  /// Enters a closure.
  ///
  /// - Throws: `TypeError` when it is none or the number of arguments is wrong.
  func enter(
    closure: Cell, _ window: UnsafeMutablePointer<Cell>, argumentCount: Int, returning: Int
  ) throws(Thrown) {
    guard closure.isClosure else {
      throw raise(.typeError, "cannot call `\(closure.typeName)`; only a function can be called")
    }
    let index = function(closure)
    let expected = image.pointee.function(index).parameterCount
    guard expected == argumentCount else {
      throw raise(.typeError, "the function takes `\(expected)` arguments, not `\(argumentCount)`")
    }
    try enter(index, window, argumentCount: argumentCount, returning: returning)
    let registers = state.pointee.registers + state.pointee.base + argumentCount
    for (position, capture) in elements(closure).enumerated() {
      share(capture)
      registers[position] = capture
    }
  }

  /// Reads the arguments of an effect or a tool.
  @inline(never)
  func request(
    _ effect: Effect, tool: Int?, shape index: Int, _ window: UnsafePointer<Cell>, at position: SourcePosition
  ) throws(Thrown) -> EffectRequest {
    let shape = image.pointee.program._withUnsafeGuaranteedRef { $0.program.callShapes[index] }
    var budget = state.pointee.limits.effectValueBytes
    var request = EffectRequest(effect: effect, tool: tool, position: position)
    for argument in 0..<shape.positionalCount {
      request.arguments.append(try value(window[argument], budget: &budget))
    }
    for (offset, name) in shape.names.enumerated() {
      request.options[name] = try value(window[shape.positionalCount + offset], budget: &budget)
    }
    return request
  }

  /// Takes frames off until one handles the error in flight, which then is in the handler's register.
  ///
  /// - Parameter programCounter: The instruction after the one that threw.
  /// - Returns: Whether a handler was found; the state then says where to go on.
  @inline(never)
  func unwind(programCounter: Int) -> Bool {
    var faulting = programCounter - 1
    locate(programCounter: faulting, function: state.pointee.function)
    while !state.pointee.isFatal {
      let function = image.pointee.function(state.pointee.function)
      for index in 0..<function.handlerCount {
        let words = image.pointee.handlers + (function.firstHandler + index) * HandlerEntry.words
        let handler = HandlerEntry(words)
        guard handler.lower <= faulting, faulting < handler.upper else { continue }
        state.pointee.registers[state.pointee.base + handler.register] = state.pointee.inFlight
        state.pointee.inFlight = .null
        state.pointee.programCounter = handler.target
        return true
      }
      guard state.pointee.frameCount > 0 else { return false }
      state.pointee.frameCount -= 1
      let frame = state.pointee.frames[state.pointee.frameCount]
      state.pointee.function = Int(frame.function)
      state.pointee.base = Int(frame.base)
      state.pointee.top = Int(frame.top)
      faulting = Int(frame.programCounter) - 1
    }
    return false
  }
}
