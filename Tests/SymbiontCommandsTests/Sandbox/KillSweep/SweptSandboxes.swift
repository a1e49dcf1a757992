import Foundation
import Glibc
import SymbiontCore
import SymbiontSandbox
import SymbiontSystem
import Synchronization

@testable import SymbiontCommands

/// The sandboxes of one round, each made, used, destroyed and made again by a caller of its own until their owner is dead.
final class SweptSandboxes: Sendable {
  /// What one caller makes.
  struct Kind: Sendable {
    var engine: SandboxEngine
    var hasNetwork = false

    var config: SandboxConfig {
      // An address for documentation (RFC 5737); nothing is sent to it.
      let destinations = hasNetwork ? [NetworkDestination(host: "192.0.2.1", port: 80)] : []
      var files = FilesystemConfig()
      files.workspaceMegabytes = 16
      return SandboxConfig(
        agentID: AgentID(), securityTier: engine.tier,
        networkConfig: NetworkConfig(mode: hasNetwork ? .allowList : .none, allowedDestinations: destinations),
        filesystemConfig: files)
    }
  }

  private struct State {
    var alive: Set<SandboxID> = []
    /// How many callers have made their first sandbox.
    var filled = 0
    var problems: [String] = []
    var waiters: [CheckedContinuation<Void, Never>] = []
    var isOver = false
  }

  private let directory: RunDirectory
  private let kinds: [Kind]
  private let state = Mutex(State())

  init(_ directory: String, _ kinds: [Kind]) {
    self.directory = RunDirectory(given: directory)
    self.kinds = kinds
  }

  /// The sandboxes that were made and that nobody has asked to destroy.
  var alive: Set<SandboxID> { state.withLock { $0.alive } }
  /// What the owner refused or failed to do while it lived.
  var problems: [String] { state.withLock { $0.problems } }

  /// Makes and destroys without end, and returns when the owner is gone.
  ///
  /// - Parameter seed: Decides how often each sandbox is used.
  func run(seed: UInt64) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, kind) in kinds.enumerated() {
        group.addTask { await self.live(kind, uses: 1 + (Int(truncatingIfNeeded: seed >> 8) &+ index) % 13) }
      }
    }
  }

  /// Returns when the owner has begun to make the first sandbox.
  func waitUntilBegun() async throws {
    while try await ask(HostRequest(.list)).sandboxes?.isEmpty ?? true { continue }
  }

  /// Returns when every caller has a sandbox, or the owner is gone.
  func waitUntilFull() async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state in
        if state.filled >= kinds.count || state.isOver { return true }
        state.waiters.append(continuation)
        return false
      }
      if isReady { continuation.resume() }
    }
  }

  private func wake(_ change: (inout sending State) -> Void) {
    let waiters = state.withLock { state in
      change(&state)
      guard state.filled >= kinds.count || state.isOver else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// One life after the other.
  private func live(_ kind: Kind, uses: Int) async {
    var isFirst = true
    do {
      while true {
        let id = try await make(kind)
        let counts = isFirst
        wake { state in
          state.alive.insert(id)
          if counts { state.filled += 1 }
        }
        isFirst = false
        // Nobody is taken away before all are there.
        await waitUntilFull()
        for _ in 0..<uses { try await use(id) }
        state.withLock { _ = $0.alive.remove(id) }
        var request = HostRequest(.remove)
        request.sandboxID = id
        _ = try await ask(request)
      }
    } catch is OwnerGone {
      wake { $0.isOver = true }
    } catch {
      wake { state in
        state.problems.append("\(kind.engine.rawValue): \(error)")
        state.isOver = true
      }
    }
  }

  private struct OwnerGone: Error {}

  /// Asks the owner; nothing else than its death may keep it from doing what it is asked.
  private func ask(_ request: HostRequest, _ descriptors: [Int32] = []) async throws -> HostReply {
    let client: HostClient
    do { client = try HostClient(directory).orGone() } catch { throw OwnerGone() }
    let reply: HostReply
    do { reply = try await client.ask(request, descriptors: descriptors) } catch { throw OwnerGone() }
    if let failure = reply.failure { throw SweepFailure("\(request.operation): \(failure.message)") }
    return reply
  }

  private func make(_ kind: Kind) async throws -> SandboxID {
    var request = HostRequest(.run)
    request.config = kind.config
    request.options = SandboxOptions(engine: kind.engine)
    request.isDetached = true
    // One that ignores every signal it can, and leaves children that nobody waits for.
    request.command = HostCommand(arguments: ["sh", "-c", "trap '' HUP INT TERM; (sleep 1000 &); sleep 1000"])
    guard let id = try await ask(request).sandboxIDs?.first else { throw SweepFailure("a sandbox got no id") }
    return id
  }

  private func use(_ id: SandboxID) async throws {
    var request = HostRequest(.exec)
    request.sandboxID = id
    request.command = HostCommand(arguments: ["sh", "-c", "echo used > file; (sleep 1000 >/dev/null 2>&1 &); cat file"])
    let number = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw SystemError.last }
    let nowhere = Descriptor(owning: number)
    let reply = try await ask(request, [number, number, number])
    withExtendedLifetime(nowhere) {}
    guard reply.exit?.code == 0 else { throw SweepFailure("a command ended with \(reply.exit?.code ?? -1)") }
  }
}

extension Optional where Wrapped == HostClient {
  /// The client, if there is an owner.
  fileprivate func orGone() throws -> HostClient {
    guard let self else { throw SweepFailure("nobody owns sandboxes here") }
    return self
  }
}
