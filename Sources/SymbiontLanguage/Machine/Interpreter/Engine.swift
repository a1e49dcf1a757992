/// The machine at work: its state and its program, as two pointers.
///
/// Nothing here owns anything. `Machine.run` keeps both alive while an engine exists.
///
/// A collection moves objects and happens only in ``ensure(_:)``. So every operation first finds out how many words it
/// needs, ensures them, reads its operands again from their registers, and then builds its result without a collection.
struct Engine {
  /// The machine.
  let state: UnsafeMutablePointer<MachineState>
  /// The program's tables.
  let image: UnsafePointer<ProgramImage>
}

/// The signal that an error is in flight: `MachineState.inFlight` holds it.
struct Thrown: Error {}

extension Engine {
  /// Makes sure that this many words can be taken without a collection.
  @inline(__always)
  func ensure(_ words: Int) throws(Thrown) {
    if state.pointee.heapCapacity - state.pointee.heapCount < words || state.pointee.limits.collectsAtEveryAllocation {
      try makeRoom(words)
    }
  }

  @inline(never)
  private func makeRoom(_ words: Int) throws(Thrown) {
    let limit = state.pointee.heapLimit
    guard words <= limit else { throw heapIsFull(words) }
    state.pointee.collect(needed: words)
    // An eighth stays free, so that a machine near its limit does not collect again and again.
    guard state.pointee.heapCount + words <= limit - limit / 8 else { throw heapIsFull(words) }
  }

  private func heapIsFull(_ words: Int) -> Thrown {
    // The collection was in vain: it is paid for, or trying again and again would cost time without fuel.
    state.pointee.steps += state.pointee.heapCount
    return raise(
      .limitExceeded,
      "the heap would exceed its limit of \(state.pointee.limits.heapBytes) bytes; keep less data at once, "
        + "or ask the operator for a higher limit")
  }

  /// Takes words that were ensured.
  @inline(__always)
  func take(_ words: Int) -> UInt64 {
    let handle = state.pointee.heapCount
    precondition(handle + words <= state.pointee.heapCapacity)
    state.pointee.heapCount = handle + words
    return UInt64(truncatingIfNeeded: handle)
  }

  /// The object of a container.
  @inline(__always)
  func object(_ handle: UInt64) -> UnsafeMutablePointer<UInt64> {
    precondition(handle < UInt64(truncatingIfNeeded: state.pointee.heapCount))
    return state.pointee.heap + Int(truncatingIfNeeded: handle)
  }

  /// The object of a string or secret, which may be a constant.
  @inline(__always)
  func textObject(_ handle: UInt64) -> UnsafePointer<UInt64> {
    Handle.isConstant(handle) ? image.pointee.constantObject(handle) : UnsafePointer(object(handle))
  }

  /// Marks what a cell refers to as shared.
  @inline(__always)
  func share(_ cell: Cell) {
    if cell.isContainer { object(cell.bits)[0] |= HeapObject.Flag.shared }
  }

  /// Accounts for steps of the running instruction beyond the first.
  ///
  /// - Throws: `LimitExceeded` when it has made more than a single instruction may.
  @inline(__always)
  func spend(_ steps: Int) throws(Thrown) {
    state.pointee.steps += steps
    if state.pointee.steps > state.pointee.limits.operationSteps { throw tooManySteps() }
  }

  @inline(never)
  private func tooManySteps() -> Thrown {
    raise(
      .limitExceeded,
      "one operation would take more than \(state.pointee.limits.operationSteps) steps; work on smaller pieces")
  }

  /// How many steps of an operation cost as much as an instruction.
  private static var stepsPerFuel: Int { 8 }

  /// The fuel for the steps made since the last call.
  ///
  /// What is left over counts the next time, so that the sum does not depend on where a run was interrupted.
  @inline(__always)
  func settle() -> Int {
    let steps = state.pointee.steps + state.pointee.debt
    if steps == 0 { return 0 }
    state.pointee.steps = 0
    state.pointee.debt = steps % Self.stepsPerFuel
    return steps / Self.stepsPerFuel
  }
}
