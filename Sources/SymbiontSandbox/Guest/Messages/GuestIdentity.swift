/// What makes a restored machine another one than that of its snapshot.
public struct GuestIdentity: Sendable, Hashable {
  /// Bytes for the kernel's random numbers, 512 at most.
  public var entropy: [UInt8]
  /// The time now, in nanoseconds since 1970; 0 to leave it.
  public var timeNanoseconds: UInt64
  /// The new hostname; empty to leave it.
  public var hostname: String
  /// The new machine id, 32 hexadecimal digits; empty to leave it.
  public var machineID: String

  /// Makes an identity of its parts.
  public init(entropy: [UInt8] = [], timeNanoseconds: UInt64 = 0, hostname: String = "", machineID: String = "") {
    self.entropy = entropy
    self.timeNanoseconds = timeNanoseconds
    self.hostname = hostname
    self.machineID = machineID
  }

  /// What of an identity a guest could take on.
  public struct Applied: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt32

    /// Makes a value of its bits.
    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// The random numbers start anew.
    public static let entropy = Applied(rawValue: 1)
    /// The clock is set.
    public static let time = Applied(rawValue: 2)
    /// The hostname is changed.
    public static let hostname = Applied(rawValue: 4)
    /// The machine id is changed.
    public static let machineID = Applied(rawValue: 8)
  }
}

extension GuestIdentity {
  init?(_ reader: inout GuestPayloadReader) {
    guard let entropy = reader.readBytes(), let time = reader.readUInt64(), let hostname = reader.readString(),
      let machineID = reader.readString()
    else { return nil }
    self.init(entropy: entropy, timeNanoseconds: time, hostname: hostname, machineID: machineID)
  }

  func write(to writer: inout GuestPayloadWriter) {
    writer.write(bytes: entropy)
    writer.write(timeNanoseconds)
    writer.write(hostname)
    writer.write(machineID)
  }
}
