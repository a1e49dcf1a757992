import Dispatch
import Glibc
import SymbiontCore
import SymbiontSandbox
import Synchronization

/// Runs a command of a sandbox with the streams, the signals and the terminal of this process.
struct CommandSession: Sendable {
  /// The status after a timeout, as `timeout(1)` has it.
  private static let timeoutStatus: Int32 = 124

  let access: SandboxAccess
  let usesTerminal: Bool

  /// Asks, and returns when the command has ended.
  func run(_ request: HostRequest) async throws(CommandFailure) -> HostReply {
    var request = request
    guard !request.isDetached else { return try await access.ask(request) }
    let terminal = try usesTerminal ? RawTerminal() : nil
    defer { terminal?.restore() }
    if let terminal { request.command?.terminal = terminal.size }
    let (orders, continuation) = AsyncStream<HostOrder>.makeStream(bufferingPolicy: .bufferingNewest(256))
    let relay = SignalRelay(isTerminal: terminal != nil) { continuation.yield($0) }
    defer { withExtendedLifetime((relay, continuation)) {} }
    return try await access.ask(request, streams: [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO], orders: orders)
  }

  /// Ends this process as the command ended.
  func finish(_ reply: HostReply) throws {
    try reply.check()
    guard let exit = reply.exit else { return }
    if exit.timedOut { StandardStream.errors.write("the command was killed at its timeout\n") }
    for kind in exit.violations {
      StandardStream.errors.write("the kernel stopped it at its limit of \(kind.rawValue)\n")
    }
    let code = exit.timedOut ? Self.timeoutStatus : exit.code
    if code != 0 { throw CommandExit(code: code) }
  }
}

/// Ends the process with the code of a command that was run.
struct CommandExit: Error {
  let code: Int32
}

extension HostReply {
  /// Throws the failure, if it is one.
  func check() throws(CommandFailure) {
    guard let failure else { return }
    throw CommandFailure(
      code: failure.code, message: failure.message, status: failure.isUsage ? .usage : .failure)
  }
}

/// Passes the signals of this process on to the command.
final class SignalRelay: Sendable {
  /// `DispatchSourceSignal` is thread-safe but not marked so on this platform; a source is only set up here.
  private struct Source: @unchecked Sendable {
    let source: any DispatchSourceSignal
  }

  private let sources = Mutex<[Source]>([])

  init(isTerminal: Bool, _ pass: @escaping @Sendable (HostOrder) -> Void) {
    let queue = DispatchQueue(label: "symbiont.signals")
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        if number == SIGWINCH {
          if isTerminal, let size = RawTerminal.currentSize() { pass(HostOrder(size: size)) }
        } else {
          pass(HostOrder(signal: number))
        }
      }
      source.activate()
      let owned = Source(source: source)
      sources.withLock { $0.append(owned) }
    }
  }
}

/// The terminal of this process, handing every key to the command.
final class RawTerminal: Sendable {
  private let original: termios

  let size: TerminalSize

  init() throws(CommandFailure) {
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0, let size = Self.currentSize() else {
      throw CommandFailure(.usage, "standard input is not a terminal", hint: "leave out --tty")
    }
    original = settings
    self.size = size
    cfmakeraw(&settings)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }

  /// Gives it back as it was.
  func restore() {
    var settings = original
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
  }

  static func currentSize() -> TerminalSize? {
    var size = winsize()
    guard ioctl(STDIN_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return TerminalSize(rows: size.ws_row, columns: size.ws_col)
  }
}
