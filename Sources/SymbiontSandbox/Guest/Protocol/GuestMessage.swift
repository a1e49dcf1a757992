/// What a frame means.
package enum GuestMessage: Sendable, Hashable {
  // From the host, about the connection.
  case hello(versions: ClosedRange<UInt16>, features: UInt64)
  case ping([UInt8])
  // From the host, beginning a request.
  case execute(GuestExecution)
  case upload(path: String, permissions: UInt32, maximumBytes: UInt64, makesParents: Bool)
  case download(path: String, maximumBytes: UInt64, credit: UInt32)
  case list(path: String, maximum: UInt32)
  case remove(path: String, isRecursive: Bool)
  case makeDirectory(path: String, permissions: UInt32, makesParents: Bool)
  case metrics
  case configure([GuestSetting])
  case reseed(GuestIdentity)
  case freeze(Bool)
  case shutdown
  // About a request, in both directions.
  case data(GuestStream, [UInt8], isLast: Bool)
  case credit(GuestStream, UInt32)
  // From the host, about a request.
  case signal(UInt32)
  case resize(TerminalSize)
  case kill
  // From the guest.
  case welcome(GuestGreeting)
  case pong([UInt8])
  case error(GuestFailure)
  case started(processID: UInt32)
  case ended(GuestEnding)
  case done([UInt8])
  case file(GuestFileStatus)
  case entries([GuestFileEntry])
}

/// A command, as the protocol asks for it.
package struct GuestExecution: Sendable, Hashable {
  package var hasInput = false
  package var keepsBackground = false
  package var gainsPrivileges = false
  package var terminal: TerminalSize?
  /// Nanoseconds; 0 for none.
  package var timeout: UInt64 = 0
  package var userID: UInt32?
  package var groupID: UInt32?
  package var outputCredit = UInt32(GuestProtocol.outputWindow)
  package var errorCredit = UInt32(GuestProtocol.outputWindow)
  /// Empty for the workspace.
  package var workingDirectory = ""
  package var arguments: [String] = []
  package var environment: [String] = []
  package var limits: [ProcessLimit] = []

  package init() {}
}

/// How a command ended, as the protocol says it.
package struct GuestEnding: Sendable, Hashable {
  package struct Flags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let timedOut = Flags(rawValue: 1)
    package static let killed = Flags(rawValue: 2)
    package static let survivors = Flags(rawValue: 4)
    package static let lost = Flags(rawValue: 8)
  }

  package var isSignalled: Bool
  package var flags: Flags
  /// The exit code, or the number of the signal.
  package var code: UInt32
  package var elapsedNanoseconds: UInt64
  package var userMicroseconds: UInt64
  package var systemMicroseconds: UInt64
  package var peakMemoryBytes: UInt64

  package init(
    isSignalled: Bool, flags: Flags, code: UInt32, elapsedNanoseconds: UInt64, userMicroseconds: UInt64,
    systemMicroseconds: UInt64, peakMemoryBytes: UInt64
  ) {
    self.isSignalled = isSignalled
    self.flags = flags
    self.code = code
    self.elapsedNanoseconds = elapsedNanoseconds
    self.userMicroseconds = userMicroseconds
    self.systemMicroseconds = systemMicroseconds
    self.peakMemoryBytes = peakMemoryBytes
  }
}

/// Why the guest did not do what it was asked.
package struct GuestFailure: Sendable, Hashable {
  package enum Code: UInt16, Sendable, Hashable, CaseIterable {
    case `protocol` = 1
    case version = 2
    case unsupported = 3
    case tooManyChannels = 4
    case malformed = 5
    case system = 6
    case commandNotFound = 7
    case commandNotExecutable = 8
    case workingDirectory = 9
    case notStarted = 10
    case identity = 11
    case pathEscapes = 20
    case pathInvalid = 21
    case notFound = 22
    case notAFile = 23
    case noSpace = 24
    case tooLarge = 25
    case tooManyEntries = 26
    case aborted = 27
  }

  package var code: Code
  /// The error number of the system; 0 when there is none.
  package var number: UInt32
  package var message: String

  package init(code: Code, number: UInt32, message: String) {
    self.code = code
    self.number = number
    self.message = message
  }
}
