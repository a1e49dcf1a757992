extension GuestMessage {
  /// The type of its frame.
  package var type: GuestFrameType {
    switch self {
    case .hello: .hello
    case .ping: .ping
    case .execute: .execute
    case .upload: .upload
    case .download: .download
    case .list: .list
    case .remove: .remove
    case .makeDirectory: .makeDirectory
    case .metrics: .metrics
    case .configure: .configure
    case .reseed: .reseed
    case .freeze: .freeze
    case .shutdown: .shutdown
    case .data: .data
    case .credit: .credit
    case .signal: .signal
    case .resize: .resize
    case .kill: .kill
    case .welcome: .welcome
    case .pong: .pong
    case .error: .error
    case .started: .started
    case .ended: .ended
    case .done: .done
    case .file: .file
    case .entries: .entries
    }
  }

  /// The frame that says it on a channel.
  package func frame(channel: UInt32) -> GuestFrame {
    var writer = GuestPayloadWriter()
    switch self {
    case .data(let stream, let bytes, let isLast):
      return GuestFrame(
        type: .data, flags: GuestFrame.Flags(stream, isLast: isLast), channel: channel, payload: bytes)
    case .credit(let stream, let bytes):
      writer.write(bytes)
      return GuestFrame(
        type: .credit, flags: GuestFrame.Flags(stream, isLast: false), channel: channel, payload: writer.bytes)
    default:
      write(to: &writer)
      return GuestFrame(type: type, channel: channel, payload: writer.bytes)
    }
  }

  private func write(to writer: inout GuestPayloadWriter) {
    switch self {
    case .hello(let versions, let features):
      writer.write(GuestProtocol.magic)
      writer.write(versions.lowerBound)
      writer.write(versions.upperBound)
      writer.write(features)
    case .ping(let bytes), .pong(let bytes), .done(let bytes): writer.append(bytes)
    case .execute(let execution): execution.write(to: &writer)
    case .signal(let number): writer.write(number)
    case .resize(let size):
      writer.write(size.rows)
      writer.write(size.columns)
    case .configure(let settings): for setting in settings { setting.write(to: &writer) }
    case .reseed(let identity): identity.write(to: &writer)
    case .freeze(let isFrozen): writer.write(isFrozen)
    case .welcome(let greeting): greeting.write(to: &writer)
    case .error(let failure):
      writer.write(failure.code.rawValue)
      writer.write(failure.number)
      writer.write(failure.message)
    case .started(let processID): writer.write(processID)
    case .ended(let ending): ending.write(to: &writer)
    case .file(let status): status.write(to: &writer)
    case .entries(let entries): for entry in entries { entry.write(to: &writer) }
    case .upload, .download, .list, .remove, .makeDirectory: writeFileRequest(to: &writer)
    case .metrics, .shutdown, .kill, .data, .credit: break
    }
  }

  private func writeFileRequest(to writer: inout GuestPayloadWriter) {
    switch self {
    case .upload(let path, let permissions, let maximumBytes, let makesParents):
      writer.write(path)
      writer.write(permissions)
      writer.write(maximumBytes)
      writer.write(makesParents)
    case .download(let path, let maximumBytes, let credit):
      writer.write(path)
      writer.write(maximumBytes)
      writer.write(credit)
    case .list(let path, let maximum):
      writer.write(path)
      writer.write(maximum)
    case .remove(let path, let isRecursive):
      writer.write(path)
      writer.write(isRecursive)
    case .makeDirectory(let path, let permissions, let makesParents):
      writer.write(path)
      writer.write(permissions)
      writer.write(makesParents)
    default: break
    }
  }
}

extension GuestExecution {
  struct Flags {
    static let input: UInt32 = 1
    static let terminal: UInt32 = 2
    static let keepsBackground: UInt32 = 4
    static let gainsPrivileges: UInt32 = 8
    static let known: UInt32 = 15
  }

  /// Stands for the identity that was configured.
  static let unsetIdentity = UInt32.max

  func write(to writer: inout GuestPayloadWriter) {
    writer.write(
      (hasInput ? Flags.input : 0) | (terminal != nil ? Flags.terminal : 0)
        | (keepsBackground ? Flags.keepsBackground : 0) | (gainsPrivileges ? Flags.gainsPrivileges : 0))
    writer.write(terminal?.rows ?? 0)
    writer.write(terminal?.columns ?? 0)
    writer.write(timeout)
    writer.write(userID ?? Self.unsetIdentity)
    writer.write(groupID ?? Self.unsetIdentity)
    writer.write(outputCredit)
    writer.write(errorCredit)
    writer.write(workingDirectory)
    writer.write(arguments)
    writer.write(environment)
    writer.write(UInt32(limits.count))
    for limit in limits {
      writer.write(limit.resource.rawValue)
      writer.write(limit.soft)
      writer.write(limit.hard)
    }
  }
}

extension GuestEnding {
  func write(to writer: inout GuestPayloadWriter) {
    writer.write(isSignalled)
    writer.write(flags.rawValue)
    writer.write(UInt16(0))
    writer.write(code)
    writer.write(elapsedNanoseconds)
    writer.write(userMicroseconds)
    writer.write(systemMicroseconds)
    writer.write(peakMemoryBytes)
  }
}
