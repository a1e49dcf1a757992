/// What a guest says of itself when it is greeted.
public struct GuestGreeting: Sendable, Hashable {
  /// The version of the protocol that it speaks.
  public var protocolVersion: UInt16
  /// How many requests it serves at once.
  public var maximumChannels: UInt16
  /// Its process id, as the sandbox sees it.
  public var processID: UInt32
  /// What it can do beyond the version, as bits; version 1 knows none.
  public var features: UInt64
  /// The release of its kernel.
  public var kernel: String
  /// Its hostname.
  public var hostname: String
  /// The identity that its kernel drew at its start; empty when it cannot be read.
  public var bootIdentity: String

  /// Makes a greeting of its parts.
  public init(
    protocolVersion: UInt16, maximumChannels: UInt16, processID: UInt32, features: UInt64, kernel: String,
    hostname: String, bootIdentity: String
  ) {
    self.protocolVersion = protocolVersion
    self.maximumChannels = maximumChannels
    self.processID = processID
    self.features = features
    self.kernel = kernel
    self.hostname = hostname
    self.bootIdentity = bootIdentity
  }
}

extension GuestGreeting {
  init?(_ reader: inout GuestPayloadReader) {
    guard let version = reader.readUInt16(), let channels = reader.readUInt16(), let processID = reader.readUInt32(),
      let features = reader.readUInt64(), let kernel = reader.readString(), let hostname = reader.readString(),
      let bootIdentity = reader.readString()
    else { return nil }
    self.init(
      protocolVersion: version, maximumChannels: channels, processID: processID, features: features, kernel: kernel,
      hostname: hostname, bootIdentity: bootIdentity)
  }

  func write(to writer: inout GuestPayloadWriter) {
    writer.write(protocolVersion)
    writer.write(maximumChannels)
    writer.write(processID)
    writer.write(features)
    writer.write(kernel)
    writer.write(hostname)
    writer.write(bootIdentity)
  }
}
