import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("A command that does not end by itself", .needsRunc)
struct CommandEndingTests {
  @Test("at its timeout it is killed with its detached daemons, and what it printed is kept")
  func timeout() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run(
        """
        trap '' TERM INT HUP
        (setsid sh -c '(sleep 1000 &) ; exec sleep 1000' &)
        echo before; echo warning >&2
        while :; do sleep 1000; done
        """, timeout: .seconds(3))
      #expect(result.timedOut)
      #expect(result.signal == SIGKILL)
      #expect(result.exitCode == 128 + SIGKILL)
      #expect(result.output == "before\n")
      #expect(result.errors == "warning\n")
      #expect(result.elapsed >= .seconds(3))
    }
  }

  @Test("a command that ends before its timeout is not said to have timed out")
  func noTimeout() async throws {
    try await SandboxFixture.run { fixture in
      let result = try await fixture.run("exit 3", timeout: .seconds(50))
      #expect(!result.timedOut)
      #expect(result.exitCode == 3)
    }
  }

  @Test("cancelling the caller kills it and everything that it started")
  func cancellation() async throws {
    try await SandboxFixture.run { fixture in
      let started = try await fixture.doorbell("started")
      let command = fixture.script("(setsid sleep 1000 &) ; echo > started; sleep 1000")
      let task = Task { try await fixture.driver.run(command) }
      await started()
      task.cancel()
      await #expect(throws: SandboxError.cancelled(operation: "run sh")) { try await task.value }
    }
  }

  @Test("a caller that is cancelled already starts nothing")
  func cancelledBefore() async throws {
    try await SandboxFixture.run { fixture in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await fixture.run("echo > ran")
      }
      await #expect(throws: SandboxError.cancelled(operation: "run sh")) { try await task.value }
      #expect(access("\(fixture.workspace)/ran", F_OK) != 0)
    }
  }

  @Test("cancelling at any moment leaves nothing behind")
  func cancellationSweep() async throws {
    try await SandboxFixture.run { fixture in
      for delay in stride(from: 0, through: 60, by: 6) {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { _ = try? await fixture.run("sleep 1000") }
          // The delays spread the cancellation over the steps of the start; no outcome depends on them.
          try? await Task.sleep(for: .milliseconds(delay))
          group.cancelAll()
        }
        #expect(fixture.remains == [], "cancelled after \(delay) ms")
      }
    }
  }

  @Test("an engine that hangs is given up after its timeout, and nothing is left")
  func hangingEngine() async throws {
    let engine = try SandboxFixture.program("case \"$*\" in *pid-file*) exec sleep 1000;; esac; exec runc \"$@\"")
    defer { unlink(engine) }
    let adapt = { (configuration: inout RuncConfiguration) in
      configuration.enginePath = engine
      configuration.engineTimeout = .milliseconds(300)
    }
    try await SandboxFixture.run(adapt: adapt) { fixture in
      await #expect(throws: SandboxError.timedOut(operation: "runc create", after: .milliseconds(300))) {
        try await fixture.run("true")
      }
    }
  }

  @Test("an engine that is killed at any moment of the start leaves nothing behind")
  func killedEngine() async throws {
    for milliseconds in stride(from: 2, through: 42, by: 4) {
      let engine = try SandboxFixture.program(
        """
        case "$*" in *pid-file*) exec timeout -s KILL 0.0\(milliseconds < 10 ? "0" : "")\(milliseconds) runc "$@";; esac
        exec runc "$@"
        """)
      defer { unlink(engine) }
      try await SandboxFixture.run(adapt: { $0.enginePath = engine }) { fixture in
        // Whether the start was complete depends on the delay; that nothing is left does not.
        _ = try? await fixture.run("echo done")
      }
    }
  }

  @Test("an engine that is missing is an error that says where it was looked for")
  func missingEngine() async throws {
    try await SandboxFixture.run(adapt: { $0.enginePath = "/no/such/runc" }) { fixture in
      let hint = "looked for `/no/such/runc`: install it with `scripts/setup`"
      await #expect(throws: SandboxError.engineMissing(engine: "runc", hint: hint)) {
        try await fixture.run("true")
      }
    }
  }
}
