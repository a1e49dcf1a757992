import Glibc

/// The Linux system calls that the C library's Swift interface does not reach.
///
/// Swift cannot import C functions with variable arguments, and `syscall(2)` is one. It is looked up by name and called
/// through a fixed signature. That is sound on the ABIs this package supports, x86-64 and AArch64 Linux, where a
/// function takes integer arguments in the same registers whether or not it is variadic.
package enum SystemCall {
  /// A call and its number, which differs between architectures for the older ones.
  package enum Name {
    case deviceControl
    case eventCounter
    case enterNamespace
    case leaveNamespace
    case memoryFile
    case openBeneath
    case openProcess
    case pipe
    case processControl
    case setGroupIDs
    case setGroups
    case setUserIDs
    case signalProcess
    case syncFileSystem
    case timerCreate
    case timerSet

    fileprivate var number: Int {
      switch self {
      case .deviceControl: Numbers.deviceControl
      case .eventCounter: Numbers.eventCounter
      case .enterNamespace: Numbers.enterNamespace
      case .leaveNamespace: Numbers.leaveNamespace
      case .memoryFile: Numbers.memoryFile
      case .openBeneath: 437
      case .openProcess: 434
      case .pipe: Numbers.pipe
      case .processControl: Numbers.processControl
      case .setGroupIDs: Numbers.setGroupIDs
      case .setGroups: Numbers.setGroups
      case .setUserIDs: Numbers.setUserIDs
      case .signalProcess: 424
      case .syncFileSystem: Numbers.syncFileSystem
      case .timerCreate: Numbers.timerCreate
      case .timerSet: Numbers.timerSet
      }
    }
  }

  private enum Numbers {
    #if arch(x86_64)
      static let deviceControl = 16
      static let eventCounter = 290
      static let enterNamespace = 308
      static let leaveNamespace = 272
      static let memoryFile = 319
      static let pipe = 293
      static let processControl = 157
      static let setGroupIDs = 119
      static let setGroups = 116
      static let setUserIDs = 117
      static let syncFileSystem = 306
      static let timerCreate = 283
      static let timerSet = 286
    #elseif arch(arm64)
      static let deviceControl = 29
      static let eventCounter = 19
      static let enterNamespace = 268
      static let leaveNamespace = 97
      static let memoryFile = 279
      static let pipe = 59
      static let processControl = 167
      static let setGroupIDs = 149
      static let setGroups = 159
      static let setUserIDs = 147
      static let syncFileSystem = 267
      static let timerCreate = 85
      static let timerSet = 86
    #else
      #error("the numbers of the system calls are not known for this architecture")
    #endif
  }

  private typealias Entry = @convention(c) (Int, Int, Int, Int, Int, Int) -> Int

  private static let entry: Entry? = {
    guard let symbol = dlsym(nil, "syscall") else { return nil }
    return unsafeBitCast(symbol, to: Entry.self)
  }()

  /// Calls the kernel; throws the error that it reports.
  ///
  /// Calls that a signal interrupted are made again.
  @discardableResult
  package static func invoke(
    _ name: Name, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0, _ fourth: Int = 0
  ) throws(SystemError) -> Int {
    guard let entry else { throw SystemError(code: ENOSYS) }
    while true {
      let result = entry(name.number, first, second, third, fourth, 0)
      guard result == -1 else { return result }
      guard errno == EINTR else { throw .last }
    }
  }
}
