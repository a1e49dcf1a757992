/// A limit that the kernel keeps each process of a command to (`setrlimit(2)`).
public struct ProcessLimit: Sendable, Hashable {
  /// What is limited; the numbers are those of Linux.
  public enum Resource: UInt32, Sendable, Hashable, CaseIterable {
    /// Processor time, in seconds.
    case processorTime = 0
    /// The size of a file, in bytes.
    case fileSize = 1
    /// The data segment, in bytes.
    case dataSize = 2
    /// The stack, in bytes.
    case stackSize = 3
    /// The size of a core file, in bytes.
    case coreSize = 4
    /// The processes of the user.
    case processes = 6
    /// Open files.
    case openFiles = 7
    /// Locked memory, in bytes.
    case lockedMemory = 8
    /// The address space, in bytes.
    case addressSpace = 9
  }

  /// What is limited.
  public var resource: Resource
  /// The limit that is enforced; a process may raise it to the hard one.
  public var soft: UInt64
  /// The most that the soft limit may be raised to.
  public var hard: UInt64

  /// Makes a limit; without a hard one it cannot be raised.
  public init(_ resource: Resource, soft: UInt64, hard: UInt64? = nil) {
    self.resource = resource
    self.soft = soft
    self.hard = hard ?? soft
  }
}
