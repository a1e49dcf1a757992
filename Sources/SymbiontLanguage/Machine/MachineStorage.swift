/// Owns the memory of a machine.
///
/// Sendable, unchecked: the state is reached through a pointer, which the interpreter needs (see ``MachineState``). It is
/// written only by `Machine.run`, a mutating method that first makes sure that it holds the only reference, and freed with
/// the last one; so no two threads ever reach the same state while one of them writes.
final class MachineStorage: @unchecked Sendable {
  private let state: UnsafeMutablePointer<MachineState>

  /// Takes a state over.
  init(_ initial: MachineState) {
    state = .allocate(capacity: 1)
    state.initialize(to: initial)
  }

  deinit {
    state.pointee.deallocate()
    state.deallocate()
  }

  /// A storage of its own with the same content.
  func copy() -> MachineStorage { MachineStorage(state.pointee.duplicated()) }

  /// A copy without garbage and without spare room in small containers, as snapshots hold it.
  func compacted() -> MachineStorage {
    let copy = copy()
    copy.state.pointee.collect(needed: 0, trims: true)
    return copy
  }

  /// The state as it is.
  var snapshot: MachineState { state.pointee }

  /// Lends the state to an engine.
  func withEngine<Result>(_ program: ExecutableProgram, _ body: (Engine) -> Result) -> Result {
    program.withImage { body(Engine(state: state, image: $0)) }
  }

  var phase: MachineState.Phase { state.pointee.phase }
  var fuelUsed: UInt64 { state.pointee.fuelUsed }
  var identity: ProgramIdentity { state.pointee.identity }
  var limits: MachineLimits { state.pointee.limits }

  /// Bytes of the memory, with what the objects themselves take.
  var residentBytes: Int {
    state.pointee.allocatedBytes + MemoryLayout<MachineState>.stride + Self.objectBytes
  }

  /// The object header and its one field.
  private static let objectBytes = 24
}
