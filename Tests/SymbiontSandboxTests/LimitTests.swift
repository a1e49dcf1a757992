import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("The limits of a command", .needsRunc)
struct LimitTests {
  @Test("using more memory than the limit is fatal, and is reported")
  func memory() async throws {
    try await SandboxFixture.run { fixture in
      var command = SandboxCommand(arguments: ["tail", "/dev/zero"], workspace: fixture.workspace)
      command.limits.memoryMegabytes = 48
      let result = try await fixture.driver.run(command)
      #expect(result.exceededMemory)
      #expect(result.signal == SIGKILL)
      #expect(!result.timedOut)
    }
  }

  @Test("a child that is killed for its memory is reported though the command goes on")
  func memoryOfChild() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("tail /dev/zero; echo went on")
      command.limits.memoryMegabytes = 48
      let result = try await fixture.driver.run(command)
      #expect(result.output == "went on\n")
      #expect(result.violations.contains(.memory))
    }
  }

  @Test("files in the temporary directory are bounded")
  func temporaryFiles() async throws {
    try await SandboxFixture.run(adapt: { $0.temporaryMegabytes = 2 }) { fixture in
      let result = try await fixture.run(
        "head -c 3m /dev/zero > /tmp/a; head -c 3m /dev/zero > /dev/shm/a; stat -c %s /tmp/a /dev/shm/a")
      #expect(result.output == "2097152\n2097152\n")
      #expect(result.errors.contains("No space left on device"))
    }
  }

  @Test("a file in the workspace cannot grow over its limit")
  func fileSize() async throws {
    try await SandboxFixture.run(adapt: { $0.fileMegabytes = 1 }) { fixture in
      let result = try await fixture.run("head -c 3m /dev/zero > big; stat -c %s big")
      #expect(result.output == "1048576\n")
    }
  }

  @Test("a fork bomb is contained, and is reported")
  func processes() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("bomb() { bomb | bomb & }; bomb; sleep 1; echo over", timeout: .seconds(5))
      command.processLimit = 32
      let result = try await fixture.driver.run(command)
      #expect(result.violations.contains(.processes))
    }
  }

  @Test("a command gets no more processor time than its share")
  func processor() async throws {
    try await SandboxFixture.run { fixture in
      // A fixed amount of processor time: a busy machine only makes it take longer.
      let program = """
        use Time::HiRes 'time'; my $start = time; 1 while do { my @t = times; $t[0] + $t[1] < 0.15 }; print time - $start
        """
      var command = SandboxCommand(arguments: ["perl", "-e", program], workspace: fixture.workspace)
      command.limits.cpuCores = 0.05
      let seconds = try #require(Double(try await fixture.driver.run(command).output))
      #expect(seconds > 1.5)
    }
  }

  @Test("memory too small to start anything is an error, and nothing ran")
  func tooLittleMemory() async throws {
    try await SandboxFixture.run { fixture in
      var command = fixture.script("echo > ran")
      command.limits.memoryMegabytes = 1
      await #expect(throws: SandboxError.self) { try await fixture.driver.run(command) }
      #expect(access("\(fixture.workspace)/ran", F_OK) != 0)
    }
  }
}
