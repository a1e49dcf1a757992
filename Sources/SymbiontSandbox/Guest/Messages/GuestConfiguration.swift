/// What a guest is told before commands run in it; whatever is nil or empty stays as it is.
public struct GuestConfiguration: Sendable, Hashable {
  /// Variables of every command that does not set them itself.
  public var environment: [String: String]
  /// Where the workspace is, as an absolute path.
  public var workspacePath: String?
  /// The user that commands run as, and that files belong to.
  public var userID: UInt32?
  /// The group that commands run as; that of ``userID`` must be given with it.
  public var groupID: UInt32?
  /// Settings of a virtual machine, which its driver knows.
  public var machine: [GuestSetting]

  /// Makes a configuration of its parts.
  public init(
    environment: [String: String] = [:], workspacePath: String? = nil, userID: UInt32? = nil, groupID: UInt32? = nil,
    machine: [GuestSetting] = []
  ) {
    self.environment = environment
    self.workspacePath = workspacePath
    self.userID = userID
    self.groupID = groupID
    self.machine = machine
  }
}

/// One setting of a guest, by its number in the protocol.
public struct GuestSetting: Sendable, Hashable {
  /// The number; from 64 on it is a setting of a virtual machine.
  public var tag: UInt16
  /// The value; what it means depends on the number.
  public var value: [UInt8]

  /// Makes a setting of its parts.
  public init(tag: UInt16, value: [UInt8]) {
    self.tag = tag
    self.value = value
  }

  static let environmentTag: UInt16 = 1
  static let workspaceTag: UInt16 = 2
  static let identityTag: UInt16 = 3
}

extension GuestConfiguration {
  /// The settings in the order in which the guest applies them.
  var settings: [GuestSetting] {
    var settings: [GuestSetting] = machine
    if let workspacePath {
      settings.append(GuestSetting(tag: GuestSetting.workspaceTag, value: Array(workspacePath.utf8)))
    }
    if let userID {
      var writer = GuestPayloadWriter()
      writer.write(userID)
      writer.write(groupID ?? userID)
      settings.append(GuestSetting(tag: GuestSetting.identityTag, value: writer.bytes))
    }
    for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
      settings.append(GuestSetting(tag: GuestSetting.environmentTag, value: Array("\(name)=\(value)".utf8)))
    }
    return settings
  }
}

extension GuestSetting {
  func write(to writer: inout GuestPayloadWriter) {
    writer.write(tag)
    writer.write(bytes: value)
  }
}

extension [GuestSetting] {
  static func read(_ reader: inout GuestPayloadReader) -> [GuestSetting]? {
    var settings: [GuestSetting] = []
    while !reader.isAtEnd {
      guard let tag = reader.readUInt16(), let value = reader.readBytes() else { return nil }
      settings.append(GuestSetting(tag: tag, value: value))
    }
    return settings
  }
}
