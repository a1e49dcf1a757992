extension GuestMessage {
  /// Reads what a frame means; throws when it means nothing.
  package init(_ frame: GuestFrame) throws(GuestProtocolError) {
    var reader = GuestPayloadReader(frame.payload[...])
    let hasStream = frame.type == .data || frame.type == .credit
    guard hasStream || frame.flags.isEmpty, !frame.flags.contains(.more) else {
      throw .malformed(frame.type)
    }
    let message = Self.readRequest(frame.type, &reader) ?? Self.readOther(frame, &reader)
    guard let message, reader.isAtEnd else { throw .malformed(frame.type) }
    self = message
  }

  private static func readRequest(_ type: GuestFrameType, _ reader: inout GuestPayloadReader) -> GuestMessage? {
    switch type {
    case .hello:
      guard reader.readUInt32() == GuestProtocol.magic, let lowest = reader.readUInt16(),
        let highest = reader.readUInt16(), lowest <= highest, let features = reader.readUInt64()
      else { return nil }
      return .hello(versions: lowest...highest, features: features)
    case .execute: return GuestExecution(&reader).map(GuestMessage.execute)
    case .upload, .download, .list, .remove, .makeDirectory: return readFileRequest(type, &reader)
    case .metrics: return .metrics
    case .configure: return [GuestSetting].read(&reader).map(GuestMessage.configure)
    case .reseed: return GuestIdentity(&reader).map(GuestMessage.reseed)
    case .freeze: return reader.readBool().map(GuestMessage.freeze)
    case .shutdown: return .shutdown
    default: return nil
    }
  }

  private static func readFileRequest(_ type: GuestFrameType, _ reader: inout GuestPayloadReader) -> GuestMessage? {
    guard let path = reader.readString() else { return nil }
    switch type {
    case .upload:
      guard let permissions = reader.readUInt32(), let maximum = reader.readUInt64(), let parents = reader.readBool()
      else { return nil }
      return .upload(path: path, permissions: permissions, maximumBytes: maximum, makesParents: parents)
    case .download:
      guard let maximum = reader.readUInt64(), let credit = reader.readUInt32() else { return nil }
      return .download(path: path, maximumBytes: maximum, credit: credit)
    case .list: return reader.readUInt32().map { .list(path: path, maximum: $0) }
    case .remove: return reader.readBool().map { .remove(path: path, isRecursive: $0) }
    default:
      guard let permissions = reader.readUInt32(), let parents = reader.readBool() else { return nil }
      return .makeDirectory(path: path, permissions: permissions, makesParents: parents)
    }
  }

  private static func readOther(_ frame: GuestFrame, _ reader: inout GuestPayloadReader) -> GuestMessage? {
    switch frame.type {
    case .ping: return .ping(reader.readRest())
    case .pong: return .pong(reader.readRest())
    case .done: return .done(reader.readRest())
    case .data:
      return frame.flags.stream.map { .data($0, reader.readRest(), isLast: frame.flags.contains(.end)) }
    case .credit:
      guard !frame.flags.contains(.end), let stream = frame.flags.stream else { return nil }
      return reader.readUInt32().map { .credit(stream, $0) }
    case .signal: return reader.readUInt32().map(GuestMessage.signal)
    case .resize:
      guard let rows = reader.readUInt16(), let columns = reader.readUInt16() else { return nil }
      return .resize(TerminalSize(rows: rows, columns: columns))
    case .kill: return .kill
    case .welcome: return GuestGreeting(&reader).map(GuestMessage.welcome)
    case .error:
      guard let code = reader.readUInt16().flatMap(GuestFailure.Code.init(rawValue:)),
        let number = reader.readUInt32(), let message = reader.readString()
      else { return nil }
      return .error(GuestFailure(code: code, number: number, message: message))
    case .started: return reader.readUInt32().map { .started(processID: $0) }
    case .ended: return GuestEnding(&reader).map(GuestMessage.ended)
    case .file: return GuestFileStatus(&reader).map(GuestMessage.file)
    case .entries: return [GuestFileEntry].read(&reader).map(GuestMessage.entries)
    default: return nil
    }
  }
}

extension GuestPayloadReader {
  /// A byte that is 0 or 1.
  mutating func readBool() -> Bool? {
    switch readUInt8() {
    case 0: false
    case 1: true
    default: nil
    }
  }
}

extension GuestExecution {
  init?(_ reader: inout GuestPayloadReader) {
    guard let flags = reader.readUInt32(), flags & ~Flags.known == 0, let rows = reader.readUInt16(),
      let columns = reader.readUInt16(), let timeout = reader.readUInt64(), let userID = reader.readUInt32(),
      let groupID = reader.readUInt32(), let outputCredit = reader.readUInt32(),
      let errorCredit = reader.readUInt32(), let workingDirectory = reader.readString(),
      let arguments = reader.readStrings(), let environment = reader.readStrings(), let limitCount = reader.readUInt32()
    else { return nil }
    for _ in 0..<limitCount {
      guard let resource = reader.readUInt32().flatMap(ProcessLimit.Resource.init(rawValue:)),
        let soft = reader.readUInt64(), let hard = reader.readUInt64()
      else { return nil }
      limits.append(ProcessLimit(resource, soft: soft, hard: hard))
    }
    hasInput = flags & Flags.input != 0
    keepsBackground = flags & Flags.keepsBackground != 0
    gainsPrivileges = flags & Flags.gainsPrivileges != 0
    terminal = flags & Flags.terminal != 0 ? TerminalSize(rows: rows, columns: columns) : nil
    self.timeout = timeout
    self.userID = userID == Self.unsetIdentity ? nil : userID
    self.groupID = groupID == Self.unsetIdentity ? nil : groupID
    self.outputCredit = outputCredit
    self.errorCredit = errorCredit
    self.workingDirectory = workingDirectory
    self.arguments = arguments
    self.environment = environment
  }
}

extension GuestEnding {
  init?(_ reader: inout GuestPayloadReader) {
    guard let isSignalled = reader.readBool(), let flags = reader.readUInt8(), reader.readUInt16() == 0,
      let code = reader.readUInt32(), let elapsed = reader.readUInt64(), let user = reader.readUInt64(),
      let system = reader.readUInt64(), let memory = reader.readUInt64()
    else { return nil }
    self.init(
      isSignalled: isSignalled, flags: Flags(rawValue: flags), code: code, elapsedNanoseconds: elapsed,
      userMicroseconds: user, systemMicroseconds: system, peakMemoryBytes: memory)
  }
}
