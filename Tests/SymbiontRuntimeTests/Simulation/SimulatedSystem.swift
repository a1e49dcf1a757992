import Foundation
import Logging
import SymbiontCore
import SymbiontLanguage
import SymbiontMessaging
import SymbiontRecovery
import SymbiontScheduling
import SymbiontStore
import SymbiontTesting
import Synchronization

@testable import SymbiontRuntime

/// A runtime on disk with clocks that a simulation moves, that can be taken away at any moment as a crash would: its store
/// is closed under it, so whatever it goes on to do is not kept.
final class SimulatedSystem: Sendable {
  /// Agents that are told by messages, by tasks, and by a call that waits for all of its messages.
  static let program = """
    function attempt(id: string, fails: int) {
        let tries = "tries " + id;
        let n = recall(tries, 0) + 1;
        remember(tries, n);
        if n <= fails { throw "not yet" }
        let done = "done " + id;
        remember(done, recall(done, 0) + 1);
        n
    }

    agent told(message) { attempt(message.payload.id, message.payload.fails) }
    agent tasked(id: string, fails: int) { attempt(id, fails) }
    agent sender(to: string, payloads) { for payload in payloads { send(to, payload); } }
    agent reader(count: int) {
        let seen = [];
        while len(seen) < count { seen = push(seen, receive().payload); }
        seen
    }
    """

  let directory: String
  let time = ManualTime()
  let schedulerClock = ManualSchedulerClock()
  let recoveryClock = ManualClock()

  init(directory: String) { self.directory = directory }

  private func configuration() -> RuntimeConfiguration {
    var configuration = RuntimeConfiguration(
      dataDirectory: directory, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
    configuration.time = time
    configuration.schedulerClock = schedulerClock
    configuration.messagingClock = ManualMessageTime(time)
    configuration.sandbox = FakeSandbox()
    configuration.drainTimeout = .milliseconds(50)
    configuration.communication.messageTimeToLive = .seconds(86_400)
    configuration.scheduling.retryAttempts = 3
    // Whatever fails here succeeds in the end, so nothing stronger than a retry is to come.
    configuration.errorHandling.escalationThreshold = 1_000
    configuration.errorHandling.circuitBreakerThreshold = 3
    let clock = recoveryClock
    configuration.recoveryEnvironment = RecoveryEnvironment(
      now: { [time] in time.now() }, elapsed: { clock.now.offset }, sleep: { try await clock.sleep(for: $0) })
    return configuration
  }

  /// Lets time pass everywhere.
  func advance(by duration: Duration) {
    time.advance(by: duration)
    schedulerClock.advance(by: duration)
    recoveryClock.advance(by: duration)
  }

  /// Sets the civil clock of the machine, which only schedules and due times look at.
  func setClock(by duration: Duration) { schedulerClock.setClock(by: duration) }

  /// Stops a runtime; what waits to write to its store again gives up as the time passes.
  private func stop(_ runtime: Runtime) async {
    await withDiscardingTaskGroup { group in
      group.addTask { await runtime.shutdown() }
      while runtime.currentPhase != .stopped {
        advance(by: .milliseconds(100))
        await Task.yield()
      }
    }
  }

  /// One life of the runtime, which ends as the body says.
  func live<T: Sendable>(_ body: (Runtime) async throws -> (T, crashes: Bool)) async throws -> T {
    let runtime = try await Runtime.open(configuration())
    async let running: Void = runtime.run()
    let result: Result<(T, crashes: Bool), any Error>
    do { result = .success(try await body(runtime)) } catch { result = .failure(error) }
    if case .success((_, crashes: true)) = result { await runtime.store.close() }
    await stop(runtime)
    // After a crash it has nothing to close any more.
    _ = try? await running
    return try result.get().0
  }
}
