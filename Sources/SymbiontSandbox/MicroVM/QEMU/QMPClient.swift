import Dispatch
import Glibc
import SymbiontCore
import SymbiontSystem
import Synchronization

/// The control connection to one QEMU.
///
/// Commands are sent one after the other and answered by number. When the connection ends, everything that waits fails at
/// once.
final class QMPClient: Sendable {
  fileprivate struct Waiter {
    var condition: @Sendable (MachineFacts) -> Bool
    var continuation: CheckedContinuation<MachineFacts, any Error>
  }

  fileprivate struct State {
    var lines = QMPLines()
    var facts = MachineFacts()
    var nextNumber = 1
    var commands: [Int: CheckedContinuation<Void, any Error>] = [:]
    var waiters: [Int: Waiter] = [:]
    var failure: SandboxError?
  }

  fileprivate final class Core: Sendable {
    let state = Mutex(State())
  }

  private static let engine = SandboxEngine.qemu.rawValue

  private let connection: Descriptor
  private let queue: DispatchQueue
  private let core: Core
  private let reader: DescriptorReader

  /// Takes over one end of a socket, whose other end QEMU has.
  init(_ connection: Descriptor) {
    let core = Core()
    let queue = DispatchQueue(label: "symbiont.sandbox.qmp")
    self.connection = connection
    self.queue = queue
    self.core = core
    reader = DescriptorReader(connection, queue: queue) { core.receive($0) }
  }

  /// What is known of the machine.
  var facts: MachineFacts { core.state.withLock { $0.facts } }

  /// Sends a command and returns when it was carried out.
  ///
  /// - Parameter descriptor: A descriptor that QEMU gets a copy of.
  func perform(
    _ command: QMPCommand, descriptor: Descriptor? = nil, timeout: Duration
  ) async throws(SandboxError) {
    try await waiting(command.name, timeout: timeout) { (continuation: CheckedContinuation<Void, any Error>) in
      let number = self.core.state.withLock { state -> Int? in
        if let failure = state.failure {
          continuation.resume(throwing: failure)
          return nil
        }
        let number = state.nextNumber
        state.nextNumber += 1
        state.commands[number] = continuation
        return number
      }
      guard let number else { return nil }
      // A partly sent line would make the rest unreadable, so nothing is sent after that.
      if !ControlMessage.send(command.encoded(id: number), descriptor: descriptor, over: self.connection) {
        self.fail(.engineFailed(engine: Self.engine, reason: "it does not take the command `\(command.name)`"))
      }
      return { error in
        self.core.state.withLock { $0.commands.removeValue(forKey: number) }?.resume(throwing: error)
      }
    }
  }

  /// Returns when the condition holds for what is known of the machine.
  @discardableResult
  func wait(
    for purpose: String, timeout: Duration, until condition: @escaping @Sendable (MachineFacts) -> Bool
  ) async throws(SandboxError) -> MachineFacts {
    try await waiting(purpose, timeout: timeout) { (continuation: CheckedContinuation<MachineFacts, any Error>) in
      let number = self.core.state.withLock { state -> Int? in
        if condition(state.facts) {
          continuation.resume(returning: state.facts)
          return nil
        }
        if let failure = state.failure {
          continuation.resume(throwing: failure)
          return nil
        }
        let number = state.nextNumber
        state.nextNumber += 1
        state.waiters[number] = Waiter(condition: condition, continuation: continuation)
        return number
      }
      guard let number else { return nil }
      return { error in
        self.core.state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume(throwing: error)
      }
    }
  }

  /// Forgets the last transfer, before the next one.
  func forgetTransfer() { core.state.withLock { $0.facts.transfer = nil } }

  /// Makes everything that waits, and everything to come, fail with an error.
  func fail(_ error: SandboxError) { core.fail(error) }

  /// Suspends with a timeout.
  ///
  /// `begin` returns how to give up, or nil when it has already resumed.
  private func waiting<Value: Sendable>(
    _ operation: String, timeout: Duration,
    _ begin: (CheckedContinuation<Value, any Error>) -> (@Sendable (SandboxError) -> Void)?
  ) async throws(SandboxError) -> Value {
    do {
      return try await withCheckedThrowingContinuation { continuation in
        guard let giveUp = begin(continuation) else { return }
        queue.asyncAfter(deadline: .now() + timeout.seconds) { [weak self] in
          guard self != nil else { return }
          giveUp(.timedOut(operation: "\(Self.engine) \(operation)", after: timeout))
        }
      }
    } catch let error as SandboxError {
      throw error
    } catch {
      throw .engineFailed(engine: Self.engine, reason: "\(error)")
    }
  }
}

extension QMPClient.Core {
  /// Makes everything that waits, and everything to come, fail with an error.
  func fail(_ error: SandboxError) {
    let (commands, waiters) = state.withLock { state in
      state.failure = state.failure ?? error
      let waiting = (state.commands, state.waiters)
      state.commands = [:]
      state.waiters = [:]
      return waiting
    }
    for continuation in commands.values { continuation.resume(throwing: error) }
    for waiter in waiters.values { waiter.continuation.resume(throwing: error) }
  }

  private func fail(because reason: String) {
    fail(.engineFailed(engine: SandboxEngine.qemu.rawValue, reason: reason))
  }

  func receive(_ input: DescriptorReader.Input) {
    switch input {
    case .bytes(let bytes): receive(bytes)
    // QEMU closes its end as it exits; whoever waits for the process then says why.
    case .end: break
    case .failure(let error): fail(because: "its control connection failed: \(error)")
    }
  }

  private func receive(_ bytes: [UInt8]) {
    do throws(QMPLines.LineTooLong) {
      for line in try state.withLock({ state throws(QMPLines.LineTooLong) in try state.lines.append(bytes) }) {
        guard let message = QMPMessage(line: line) else {
          return fail(because: "its control connection sent what is no message")
        }
        take(message)
      }
    } catch {
      fail(because: "a line of its control connection is too long")
    }
  }

  private func take(_ message: QMPMessage) {
    let (command, facts, ready) = state.withLock { state in
      state.facts.apply(message)
      let facts = state.facts
      let ready = state.waiters.filter { $0.value.condition(facts) }
      for number in ready.keys { state.waiters.removeValue(forKey: number) }
      return (message.id.flatMap { state.commands.removeValue(forKey: $0) }, facts, ready.values)
    }
    if case .failure(_, let reason) = message {
      command?.resume(throwing: SandboxError.engineFailed(engine: SandboxEngine.qemu.rawValue, reason: reason))
    } else {
      command?.resume()
    }
    for waiter in ready { waiter.continuation.resume(returning: facts) }
  }
}

extension QMPMessage {
  /// The number of the command that it answers.
  fileprivate var id: Int? {
    switch self {
    case .success(let id), .disks(let id, _): id
    case .failure(let id, _): id
    case .greeting, .event, .unrecognized: nil
    }
  }
}

extension Duration {
  /// In seconds, for timers.
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
