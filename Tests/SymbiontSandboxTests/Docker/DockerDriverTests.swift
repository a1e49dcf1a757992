import Foundation
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

/// All that uses the one daemon of the tests.
@Suite("The Docker Engine", .serialized, .needsDocker, .dockerDaemon)
struct DockerSuites {}

extension DockerSuites {
  @Suite("as a driver")
  struct DriverTests {
    @Test("is usable, and says in which version and for what")
    func examining() async throws {
      try await DockerFixture.run(guest: "") { fixture in
        let report = await fixture.driver.examine()
        #expect(report.failure == nil)
        #expect(report.path == fixture.configuration.socketPath)
        #expect(report.version?.isEmpty == false)
        #expect(
          report.capabilities.isSuperset(of: [.memoryLimit, .processorLimit, .processLimit, .pause, .limitUpdate]))
      }
    }

    @Test("refuses what cannot be started, and leaves nothing")
    func failures() async throws {
      try await DockerFixture.run(guest: "") { fixture in
        var launch = fixture.launch()
        launch.volume = .directory("\(fixture.directory)/missing")
        let missing = await #expect(throws: SandboxError.self) { try await fixture.driver.launch(launch) }
        #expect(missing?.kind == .startFailed)
        #expect(missing?.message.contains("\(fixture.directory)/missing") == true)
        try #require(chmod("\(fixture.directory)/guest", 0o644) == 0)
        let forbidden = await #expect(throws: SandboxError.self) { try await fixture.driver.launch(fixture.launch()) }
        #expect(forbidden?.kind == .startFailed)
      }
    }

    @Test("does not start a sandbox of the same id twice, and leaves the first alone")
    func sameID() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        let launch = fixture.launch()
        try await fixture.withSandbox(launch) { sandbox in
          await #expect(throws: SandboxError.sandboxAlreadyExists(sandboxID: launch.sandboxID)) {
            try await fixture.driver.launch(launch)
          }
          try await sandbox.channel.write([1, 2, 3])
          #expect(try await sandbox.channel.read(3) == [1, 2, 3])
        }
      }
    }

    @Test("starts nothing for a caller that has given up")
    func cancelled() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        let task = Task { () -> SandboxError? in
          do throws(SandboxError) {
            _ = try await fixture.driver.launch(fixture.launch())
            return nil
          } catch {
            return error
          }
        }
        task.cancel()
        #expect(await task.value == .cancelled(operation: "launch"))
      }
    }

    @Test("carries every byte in both directions, and keeps what the guest logs")
    func bytes() async throws {
      try await DockerFixture.run(guest: "echo ready >&2; exec cat") { fixture in
        try await fixture.withSandbox(fixture.launch()) { sandbox in
          var random = SeededRandom.forTest()
          let sent = (0..<3_000_000).map { _ in UInt8.random(in: .min ... .max, using: &random) }
          let channel = sandbox.channel
          async let writing: Void = {
            try await channel.write(sent)
            channel.finishWriting()
          }()
          let received = try await channel.readToEnd()
          try await writing
          #expect(received == sent, "\(random)")
          let ending = await sandbox.waitForEnd()
          #expect(ending.reason == "its first process ended with code 0; it last said `ready`")
        }
      }
    }

    @Test("needs no memory for output that nobody reads yet")
    func backPressure() async throws {
      let megabytes = 200
      try await DockerFixture.run(guest: "exec head -c \(megabytes << 20) /dev/zero") { fixture in
        try await fixture.withSandbox(fixture.launch()) { sandbox in
          _ = try await sandbox.channel.read(1)
          let before = try Self.residentBytes()
          var rest = (megabytes << 20) - 1
          var peak = before
          while rest > 0 {
            let count = try await sandbox.channel.read(min(rest, 4 << 20)).count
            try #require(count > 0)
            rest -= count
            peak = max(peak, try Self.residentBytes())
          }
          #expect(try await sandbox.channel.read(1) == [])
          #expect(peak - before < 180 << 20)
        }
      }
    }

    @Test("ends the guest when the host's end of its streams is closed")
    func lifeline() async throws {
      try await DockerFixture.run(guest: "cat; exit 7") { fixture in
        try await fixture.withSandbox(fixture.launch()) { sandbox in
          sandbox.channel.finishWriting()
          #expect(await sandbox.waitForEnd().reason == "its first process ended with code 7")
        }
      }
    }

    @Test("stops everything and lets it go on, also when it is destroyed meanwhile")
    func pausing() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        try await fixture.withSandbox(fixture.launch()) { sandbox in
          try await sandbox.pause()
          let group = try #require(sandbox.group)
          #expect(group.isFrozen)
          try await sandbox.channel.write([9])
          try await sandbox.resume()
          #expect(try await sandbox.channel.read(1) == [9])
          try await sandbox.pause()
        }
      }
    }

    @Test("sets up the limits, and changes them while it runs")
    func limits() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        let launch = fixture.launch(memoryMegabytes: 64, processes: 32)
        try await fixture.withSandbox(launch) { sandbox in
          let group = try #require(sandbox.group)
          #expect(try group.counters().memoryLimitBytes == 64 << 20)
          #expect(try group.counters().processLimit == 32)
          for megabytes in [128, 48] {
            var limits = launch.limits
            limits.resources.memoryMegabytes = megabytes
            limits.processes = megabytes
            limits.resources.cpuCores = 64
            try await sandbox.update(limits)
            #expect(try group.counters().memoryLimitBytes == megabytes << 20)
            #expect(try group.counters().processLimit == megabytes)
          }
        }
      }
    }

    @Test("says that memory ran out when it did")
    func outOfMemory() async throws {
      try await DockerFixture.run(guest: "exec tail /dev/zero") { fixture in
        try await fixture.withSandbox(fixture.launch(memoryMegabytes: 32)) { sandbox in
          let reason = await sandbox.waitForEnd().reason
          #expect(reason.contains("code 137"))
          #expect(reason.contains("memory"))
        }
      }
    }

    @Test("destroys twice without an error, and knows then that the sandbox is gone")
    func destroying() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        let launch = fixture.launch()
        let sandbox = try await fixture.driver.launch(launch)
        async let ending = sandbox.waitForEnd()
        try await sandbox.destroy()
        try await sandbox.destroy()
        #expect(await !ending.reason.isEmpty)
        await #expect(throws: SandboxError.sandboxNotFound(sandboxID: launch.sandboxID)) { try await sandbox.pause() }
        #expect(await sandbox.waitForEnd().reason == "its container was removed")
        #expect(try await sandbox.channel.readToEnd() == [])
      }
    }

    @Test("starts eight at once, each with its own streams")
    func concurrency() async throws {
      try await DockerFixture.run(guest: "exec cat") { fixture in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<8 as Range<UInt8> {
            group.addTask {
              try await fixture.withSandbox(fixture.launch()) { sandbox in
                try await sandbox.channel.write([UInt8](repeating: number, count: 100_000))
                #expect(try await sandbox.channel.read(100_000) == [UInt8](repeating: number, count: 100_000))
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }

    @Test("removes what a dead runtime left, and nothing of other instances")
    func reaping() async throws {
      try await DockerFixture.run(guest: "exec cat") { other in
        try await other.withSandbox(other.launch()) { foreign in
          try await DockerFixture.run(guest: "exec sleep 1000") { fixture in
            let launches = (0..<3).map { _ in fixture.launch() }
            for launch in launches { _ = try await fixture.driver.launch(launch) }
            let successor = fixture.successor
            #expect(try await successor.survivors() == Set(launches.map(\.sandboxID)))
            let reaped = try await successor.reap([launches[0].sandboxID, SandboxID()])
            #expect(reaped.keys.sorted() == [launches[0].sandboxID])
            #expect(reaped.values.flatMap { $0 }.allSatisfy { $0.contains(fixture.configuration.instance) })
            let survivors = try await successor.survivors()
            #expect(survivors == Set(launches.dropFirst().map(\.sandboxID)))
            #expect(Set(try await successor.reap(Array(survivors)).keys) == survivors)
            #expect(try await successor.reap(Array(survivors)) == [:])
          }
          try await foreign.channel.write([5])
          #expect(try await foreign.channel.read(1) == [5])
        }
      }
    }

    private static func residentBytes() throws -> Int {
      let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      return try #require(Int(text.split(separator: " ")[1])) * sysconf(Int32(_SC_PAGESIZE))
    }
  }
}
