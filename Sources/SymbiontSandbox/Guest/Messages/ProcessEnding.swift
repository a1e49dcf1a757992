/// How a command in a sandbox ended.
public struct ProcessEnding: Sendable, Hashable {
  /// The exit code; 128 and the signal's number when a signal ended it.
  public var exitCode: Int32
  /// The number of the signal that ended it; nil when it exited by itself.
  public var signal: Int32?
  /// Whether it was killed at its timeout.
  public var timedOut: Bool
  /// Whether it was killed because the host asked for that.
  public var wasKilled: Bool
  /// Whether some of its processes could not be made to go; they are stuck in the kernel.
  public var hasSurvivors: Bool
  /// How long it ran.
  public var elapsed: Duration
  /// The processor time of it and everything that it started, in user mode.
  public var userTime: Duration
  /// The processor time of it and everything that it started, in the kernel.
  public var systemTime: Duration
  /// The most memory that one of its processes had resident, in bytes.
  public var peakMemoryBytes: UInt64

  /// Makes a value of its parts.
  public init(
    exitCode: Int32, signal: Int32? = nil, timedOut: Bool = false, wasKilled: Bool = false, hasSurvivors: Bool = false,
    elapsed: Duration = .zero, userTime: Duration = .zero, systemTime: Duration = .zero, peakMemoryBytes: UInt64 = 0
  ) {
    self.exitCode = exitCode
    self.signal = signal
    self.timedOut = timedOut
    self.wasKilled = wasKilled
    self.hasSurvivors = hasSurvivors
    self.elapsed = elapsed
    self.userTime = userTime
    self.systemTime = systemTime
    self.peakMemoryBytes = peakMemoryBytes
  }
}

extension ProcessEnding {
  /// What shells add to a signal's number.
  static let signalledBase: Int32 = 128

  init(_ ending: GuestEnding) {
    // The numbers come from the sandbox: more than a byte is nothing that a kernel says.
    let code = Int32(ending.code & 0xff)
    self.init(
      exitCode: ending.isSignalled ? Self.signalledBase + code : code,
      signal: ending.isSignalled ? code : nil,
      timedOut: ending.flags.contains(.timedOut),
      wasKilled: ending.flags.contains(.killed),
      hasSurvivors: ending.flags.contains(.survivors),
      elapsed: .nanoseconds(Int64(clamping: ending.elapsedNanoseconds)),
      userTime: .microseconds(Int64(clamping: min(ending.userMicroseconds, UInt64(Int64.max) / 1_000))),
      systemTime: .microseconds(Int64(clamping: min(ending.systemMicroseconds, UInt64(Int64.max) / 1_000))),
      peakMemoryBytes: ending.peakMemoryBytes)
  }
}
