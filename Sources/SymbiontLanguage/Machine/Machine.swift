/// A running agent: a value that can be copied, written to disk and continued elsewhere.
///
/// A machine is pure. It computes until it needs something from outside, then says what (``MachineStep/effect(_:)``), and
/// goes on when it is told the outcome (``resume(_:)``). Copies share memory until one of them runs.
public struct Machine: Sendable {
  /// What a machine can do next.
  public enum State: Sendable, Hashable {
    /// It can run.
    case ready
    /// It asked for an effect and waits for ``Machine/resume(_:)``.
    case waitingForOutcome
    /// It has returned or failed.
    case finished
  }

  /// The memory.
  ///
  /// Written only when it belongs to this machine alone.
  private(set) var storage: MachineStorage
  /// An outcome that the program gets when it runs next.
  private(set) var outcome: EffectOutcome?

  init(storage: MachineStorage, outcome: EffectOutcome?) {
    self.storage = storage
    self.outcome = outcome
  }

  /// Makes a machine that is about to call a function.
  ///
  /// - Parameters:
  ///   - program: The program, needed again whenever the machine runs.
  ///   - function: The function's index in ``Program/functions``, for example ``AgentDescriptor/function``.
  ///   - arguments: As many as the function has parameters.
  ///   - limits: What the machine may use.
  /// - Throws: ``ProgramError`` of kind `TypeError` when the program has no such function or it takes another number of
  ///   arguments, and `LimitExceeded` when the arguments exceed a limit.
  public init(
    _ program: ExecutableProgram, function: Int, arguments: [Value], limits: MachineLimits = MachineLimits()
  ) throws(ProgramError) {
    guard program.program.functions.indices.contains(function) else {
      throw ProgramError(kind: "TypeError", message: "the program has no function `\(function)`")
    }
    try self.init(program, FunctionValue(function: UInt32(function)), arguments, limits)
  }

  /// Makes a machine that is about to call a closure that another machine of the same program handed out: a branch of
  /// `parallel` or `race`.
  ///
  /// - Throws: ``ProgramError`` like ``init(_:function:arguments:limits:)``, also when the closure is not the program's.
  public init(
    _ program: ExecutableProgram, closure: FunctionValue, arguments: [Value], limits: MachineLimits = MachineLimits()
  ) throws(ProgramError) {
    try self.init(program, closure, arguments, limits)
  }

  private init(
    _ program: ExecutableProgram, _ closure: FunctionValue, _ arguments: [Value], _ limits: MachineLimits
  ) throws(ProgramError) {
    let functions = program.program.functions
    guard Int(closure.function) < functions.count,
      functions[Int(closure.function)].captureCount == closure.captures.count
    else {
      throw ProgramError(kind: "TypeError", message: "the function value does not belong to the program")
    }
    let function = functions[Int(closure.function)]
    guard function.parameterCount == arguments.count else {
      throw ProgramError(
        kind: "TypeError",
        message: "`\(function.name)` takes `\(function.parameterCount)` arguments, not `\(arguments.count)`")
    }
    storage = MachineStorage(
      MachineState(registerCapacity: function.registerCount, limits: limits.clamped, identity: program.identityKey))
    outcome = nil
    let failure = storage.withEngine(program) { engine in
      engine.begin(function: Int(closure.function), arguments + closure.captures)
    }
    if let failure { throw failure }
  }

  /// What the machine can do next.
  public var state: State {
    switch storage.phase {
    case .ready: .ready
    case .waiting: outcome == nil ? .waitingForOutcome : .ready
    case .completed, .failed: .finished
    }
  }

  /// The fuel used so far: instructions, and more for those that did much at once.
  public var fuelUsed: UInt64 { storage.fuelUsed }

  /// About how many bytes of memory the machine occupies.
  ///
  /// Copies that have not run share them.
  public var residentBytes: Int { storage.residentBytes }

  /// Runs until an effect is asked for, the program ends or the fuel is used up.
  ///
  /// - Parameters:
  ///   - program: The program that the machine was made with.
  ///   - fuel: How many instructions may run; the last one may cost more than is left.
  /// - Returns: Why it stopped. A machine that waits, has finished or belongs to another program does not run:
  ///   ``MachineStep/failed(_:)`` of kind `MachineMisuse`, and the machine is unchanged.
  public mutating func run(_ program: ExecutableProgram, fuel: Int) -> MachineStep {
    if let misuse = misuse(program) { return .failed(misuse) }
    if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    let outcome = self.outcome
    self.outcome = nil
    return storage.withEngine(program) { $0.step(fuel: max(fuel, 0), outcome: outcome) }
  }

  /// Tells a waiting machine the outcome of its effect.
  ///
  /// The program sees it when the machine runs next; a failure is thrown there, where it can be caught. A machine
  /// that does not wait ignores it.
  public mutating func resume(_ outcome: EffectOutcome) {
    guard state == .waitingForOutcome else { return }
    self.outcome = outcome
  }

  private func misuse(_ program: ExecutableProgram) -> ProgramError? {
    let reason: String
    switch state {
    case .waitingForOutcome: reason = "the machine waits for the outcome of an effect; call `resume` first"
    case .finished: reason = "the machine has finished; make a new one"
    case .ready:
      guard storage.identity != program.identityKey else { return nil }
      reason = "the machine belongs to another program"
    }
    return ProgramError(kind: "MachineMisuse", message: reason)
  }
}
