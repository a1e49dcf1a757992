/// Everything a machine is, as trivial data: the interpreter works on it through a pointer, without reference
/// counting or exclusivity checks.
///
/// ``MachineStorage`` owns the memory that it points to.
struct MachineState {
  /// A caller that waits for its callee.
  struct Frame {
    /// The instruction after the call, counted over the whole program.
    var programCounter: UInt32
    /// The caller's function.
    var function: UInt32
    /// Where its registers begin.
    var base: UInt32
    /// Where they end.
    var top: UInt32
  }

  /// What the machine does next.
  enum Phase: UInt8 {
    /// It can run.
    case ready = 0
    /// It asked for an effect.
    case waiting
    /// It returned.
    case completed
    /// An error was not caught.
    case failed
  }

  /// The heap: objects one after another, each addressed by the index of its first word.
  var heap: UnsafeMutablePointer<UInt64>
  /// Words allocated for the heap.
  var heapCapacity: Int
  /// Words used.
  var heapCount: Int
  /// The registers of all frames; windows overlap.
  var registers: UnsafeMutablePointer<Cell>
  /// Registers allocated.
  var registerCapacity: Int
  /// The suspended callers.
  var frames: UnsafeMutablePointer<Frame>
  /// Frames allocated.
  var frameCapacity: Int
  /// Frames used.
  var frameCount = 0

  /// The running function.
  var function = 0
  /// The next instruction, counted over the whole program.
  var programCounter = 0
  /// Where the running frame begins.
  var base = 0
  /// Where it ends; registers from here on hold nothing.
  var top = 0
  /// The register that waits for an outcome.
  var window = 0
  /// What happens next.
  var phase = Phase.ready
  /// An error on its way to a handler, or the result when completed.
  var inFlight = Cell.null
  /// Whether the error in flight may be caught.
  var isFatal = false
  /// Instructions executed, and what big operations cost beyond one.
  var fuelUsed: UInt64 = 0
  /// Steps that are not paid for yet, less than a unit of fuel.
  var debt = 0
  /// Steps that the running instruction has made.
  var steps = 0
  /// What it may use.
  var limits: MachineLimits
  /// The program that it belongs to.
  var identity: ProgramIdentity

  /// The heap's words at which a program gets `LimitExceeded`.
  var heapLimit: Int { limits.heapBytes / HeapObject.wordBytes }
}

extension MachineState {
  /// Words of a new heap; most agents that wait hold a few short texts.
  static let initialHeapWords = 32
  /// Frames of a new machine.
  static let initialFrames = 2
  /// Words above the limit that error records may use.
  ///
  /// When they are used up, the error is fatal.
  static let errorReserveWords = 8192

  /// Allocates the memory of a fresh machine.
  init(registerCapacity: Int, limits: MachineLimits, identity: ProgramIdentity) {
    self.init(
      heap: .allocate(capacity: Self.initialHeapWords), heapCapacity: Self.initialHeapWords, heapCount: 0,
      registers: .allocate(capacity: registerCapacity), registerCapacity: registerCapacity,
      frames: .allocate(capacity: Self.initialFrames), frameCapacity: Self.initialFrames, limits: limits,
      identity: identity)
    registers.initialize(repeating: .null, count: registerCapacity)
  }

  /// A copy that owns memory of its own.
  func duplicated() -> MachineState {
    var copy = self
    copy.heap = .allocate(capacity: heapCapacity)
    copy.heap.initialize(from: heap, count: heapCount)
    copy.registers = .allocate(capacity: registerCapacity)
    copy.registers.initialize(from: registers, count: top)
    (copy.registers + top).initialize(repeating: .null, count: registerCapacity - top)
    copy.frames = .allocate(capacity: frameCapacity)
    copy.frames.initialize(from: frames, count: frameCount)
    return copy
  }

  /// Gives the memory back; nothing may use the state afterwards.
  func deallocate() {
    heap.deallocate()
    registers.deallocate()
    frames.deallocate()
  }

  /// Bytes of the memory that it owns.
  var allocatedBytes: Int {
    heapCapacity * HeapObject.wordBytes + registerCapacity * MemoryLayout<Cell>.stride
      + frameCapacity * MemoryLayout<Frame>.stride
  }
}
