import Glibc

/// What a new process is to be.
///
/// It is started from the calling thread, whose namespaces and user it gets. Of the descriptors it only gets the three
/// streams; it leads a process group of its own and has every signal at its default.
package struct ProcessStart: Sendable {
  /// The path of the program.
  package var program: String
  /// The arguments, the name of the program first.
  package var arguments: [String]
  /// The whole environment, as `NAME=value`.
  package var environment: [String]
  /// The descriptors that it gets, by the numbers they have there.
  package var descriptors: [Int32: Descriptor]

  package init(program: String, arguments: [String], environment: [String], descriptors: [Int32: Descriptor]) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.descriptors = descriptors
  }

  /// Starts the process.
  package func start() throws(SystemError) -> ProcessHandle {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    try prepare(&actions)
    try Self.prepare(&attributes)
    let argumentVector = CStringVector([program] + arguments)
    let environmentVector = CStringVector(environment)
    var processID: pid_t = 0
    let code = withExtendedLifetime((argumentVector, environmentVector, descriptors)) {
      posix_spawn(
        &processID, program, &actions, &attributes, argumentVector.pointers, environmentVector.pointers)
    }
    guard code == 0 else { throw SystemError(code: code) }
    // The process is a child that nobody else waits for, so its number is not given away.
    return try ProcessHandle(processID: processID)
  }

  /// The descriptors are first moved out of the way of each other's numbers, and all others closed.
  private func prepare(_ actions: inout posix_spawn_file_actions_t) throws(SystemError) {
    let targets = descriptors.sorted { $0.key < $1.key }
    let highest = targets.last?.key ?? -1
    var spare = (targets.map { $0.value.use { $0 } }.max() ?? 0)
    spare = max(spare, highest) + 1
    var moved: [(from: Int32, to: Int32)] = []
    for (target, descriptor) in targets {
      try Self.check(posix_spawn_file_actions_adddup2(&actions, descriptor.use { $0 }, spare))
      moved.append((spare, target))
      spare += 1
    }
    for (from, to) in moved { try Self.check(posix_spawn_file_actions_adddup2(&actions, from, to)) }
    if let closeFrom = Self.closeFrom { try Self.check(closeFrom(&actions, highest + 1)) }
  }

  private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  /// `posix_spawn_file_actions_addclosefrom_np`, which the C library does not declare by default.
  private static let closeFrom: CloseFrom? = {
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else { return nil }
    return unsafeBitCast(symbol, to: CloseFrom.self)
  }()

  private static func prepare(_ attributes: inout posix_spawnattr_t) throws(SystemError) {
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    try check(posix_spawnattr_setsigmask(&attributes, &none))
    try check(posix_spawnattr_setsigdefault(&attributes, &all))
    try check(posix_spawnattr_setpgroup(&attributes, 0))
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    try check(posix_spawnattr_setflags(&attributes, Int16(flags)))
  }

  private static func check(_ code: Int32) throws(SystemError) {
    guard code == 0 else { throw SystemError(code: code) }
  }
}

/// Strings as a C program takes them: pointers to zero-terminated copies, and a last one that is nil.
private final class CStringVector {
  var pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) {
    pointers = strings.map { strdup($0) } + [nil]
  }

  deinit {
    for pointer in pointers { free(pointer) }
  }
}
