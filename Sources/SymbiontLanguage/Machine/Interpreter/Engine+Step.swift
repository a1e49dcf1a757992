/// The border between a machine and its interpreter.
extension Engine {
  /// Sets the machine up to run a function.
  ///
  /// - Parameter values: The arguments and then the captures.
  /// - Returns: Why it is impossible, or nothing.
  func begin(function index: Int, _ values: [Value]) -> ProgramError? {
    let function = image.pointee.function(index)
    state.pointee.function = index
    state.pointee.programCounter = function.entry
    state.pointee.top = function.registerCount
    do throws(Thrown) {
      for (register, value) in values.enumerated() { state.pointee.registers[register] = try cell(value) }
      state.pointee.steps = 0
      return nil
    } catch {
      return failure()
    }
  }

  /// Hands an outcome to the program and runs it.
  func step(fuel: Int, outcome: EffectOutcome?) -> MachineStep {
    var remaining = fuel
    if let outcome, !accept(outcome) { return fail(fuel, &remaining) }
    var request: EffectRequest?
    let exit = run(fuel: &remaining, request: &request)
    remaining -= settle()
    switch exit {
    case .outOfFuel:
      use(fuel, remaining)
      return .outOfFuel
    case .effect:
      use(fuel, remaining)
      guard let request else { return fail(fuel, &remaining) }
      state.pointee.phase = .waiting
      return .effect(request)
    case .completed:
      do throws(Thrown) {
        let result = try value(state.pointee.inFlight)
        remaining -= settle()
        use(fuel, remaining)
        state.pointee.phase = .completed
        return .completed(result)
      } catch {
        locate(programCounter: state.pointee.programCounter - 1, function: state.pointee.function)
        return fail(fuel, &remaining)
      }
    case .failed:
      return fail(fuel, &remaining)
    }
  }

  /// Puts an outcome where the program expects it, or unwinds to the handler of a failure.
  ///
  /// - Returns: Whether the program goes on.
  private func accept(_ outcome: EffectOutcome) -> Bool {
    state.pointee.phase = .ready
    do throws(Thrown) {
      switch outcome {
      case .value(let value): state.pointee.registers[state.pointee.window] = try cell(value)
      case .failure(let error): throw raise(error)
      }
      return true
    } catch {
      return unwind(programCounter: state.pointee.programCounter)
    }
  }

  private func fail(_ fuel: Int, _ remaining: inout Int) -> MachineStep {
    remaining -= settle()
    use(fuel, remaining)
    state.pointee.phase = .failed
    return .failed(failure())
  }

  private func use(_ fuel: Int, _ remaining: Int) {
    state.pointee.fuelUsed += UInt64(max(fuel - remaining, 0))
  }
}
