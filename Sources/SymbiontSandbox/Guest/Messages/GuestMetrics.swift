/// What a guest measures of its sandbox, from inside; nil is what it cannot read there.
public struct GuestMetrics: Sendable, Hashable {
  /// The memory that the kernel has, in bytes.
  public var memoryTotal: UInt64?
  /// The memory that could still be used, in bytes.
  public var memoryAvailable: UInt64?
  /// The memory that the control group uses, in bytes.
  public var groupMemoryUsed: UInt64?
  /// The memory limit of the control group, in bytes.
  public var groupMemoryLimit: UInt64?
  /// The processor time that was used since the kernel started, in nanoseconds.
  public var processorNanoseconds: UInt64?
  /// The processes that are visible.
  public var processes: UInt64?
  /// The processors.
  public var processorCount: UInt64?
  /// The size of the workspace's file system, in bytes.
  public var diskTotal: UInt64?
  /// What is free on it, in bytes.
  public var diskFree: UInt64?
  /// The files that it can hold.
  public var filesTotal: UInt64?
  /// The files that it can hold more.
  public var filesFree: UInt64?
  /// How long the kernel runs, in nanoseconds.
  public var uptimeNanoseconds: UInt64?
  /// The requests that the guest serves at this moment.
  public var openRequests: UInt64?
  /// The commands of a virtual machine that were killed because memory was out.
  public var memoryKills: UInt64?
  /// The processes that a virtual machine refused its commands.
  public var processRefusals: UInt64?
  /// The processes and threads of the commands of a virtual machine.
  public var groupProcesses: UInt64?
  /// The limit of these.
  public var groupProcessLimit: UInt64?
  /// The most memory that the commands of a virtual machine used, in bytes.
  public var groupMemoryPeak: UInt64?

  /// Makes metrics without any value.
  public init() {}
}

extension GuestMetrics {
  // A computed table, because key paths that can be written to are not `Sendable`.
  private static var fields: [UInt16: WritableKeyPath<GuestMetrics, UInt64?>] {
    [
      1: \.memoryTotal, 2: \.memoryAvailable, 3: \.groupMemoryUsed, 4: \.groupMemoryLimit, 5: \.processorNanoseconds,
      6: \.processes, 7: \.processorCount, 8: \.diskTotal, 9: \.diskFree, 10: \.filesTotal, 11: \.filesFree,
      12: \.uptimeNanoseconds, 13: \.openRequests, 14: \.memoryKills, 15: \.processRefusals, 16: \.groupProcesses,
      17: \.groupProcessLimit, 18: \.groupMemoryPeak,
    ]
  }

  /// Reads pairs of a number and a value; numbers that are not known here are left out.
  init?(_ payload: [UInt8]) {
    var reader = GuestPayloadReader(payload[...])
    let fields = Self.fields
    while !reader.isAtEnd {
      guard let number = reader.readUInt16(), let value = reader.readUInt64() else { return nil }
      if let field = fields[number] { self[keyPath: field] = value }
    }
  }
}
