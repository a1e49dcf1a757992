import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("Choosing a Docker Engine")
struct DockerEngineTests {
  private static let information = DockerInformation(
    operatingSystemType: "linux", kernelVersion: "6.1", cgroupDriver: "cgroupfs", cgroupVersion: "1",
    limitsMemory: true,
    limitsSwap: true, hasProcessorPeriod: true, hasProcessorQuota: true, limitsProcesses: true,
    securityOptions: ["name=seccomp,profile=default", "name=cgroupns"],
    runtimes: ["runc": DockerInformation.Runtime(path: "runc")])

  @Test(
    "takes the oldest version of the API that both sides know",
    arguments: [
      ("1.41", "1.12", "1.41"), ("1.51", "1.24", "1.41"), ("1.52", "1.44", "1.44"), ("1.40", "1.12", nil),
      ("2.0", "1.44", "1.44"), ("1.43", nil, "1.41"), ("1.50", "?", "1.41"),
    ] as [(String, String?, String?)])
  func versions(_ newest: String, _ oldest: String?, _ expected: String?) {
    let answer = DockerVersionAnswer(version: "x", newest: newest, oldest: oldest)
    #expect((try? DockerEngine.negotiate(answer).description) == expected)
  }

  @Test(
    "reads versions and nothing else", arguments: ["", "1", "1.", ".1", "1.2.3", "1.x", "-1.2", "1.+2", "1234567.1"])
  func invalidVersions(_ text: String) {
    #expect(DockerVersion(text) == nil)
  }

  @Test("says what is wrong with an engine that cannot be used, and what to do")
  func objections() {
    #expect(Self.information.objection(to: .docker, kernel: "6.1") == nil)
    var changed: [DockerInformation] = []
    for change: (inout DockerInformation) -> Void in [
      { $0.operatingSystemType = "windows" }, { $0.kernelVersion = "5.15-linuxkit" },
      { $0.securityOptions?.append("name=rootless") }, { $0.securityOptions = [] },
    ] {
      var information = Self.information
      change(&information)
      changed.append(information)
    }
    let objections = changed.compactMap { $0.objection(to: .docker, kernel: "6.1") }
    #expect(Set(objections.map(\.reason)).count == 4)
    #expect(objections.allSatisfy { $0.hint != nil })
    #expect(Self.information.objection(to: .dockerRunsc, kernel: "6.1")?.reason == "it knows no runtime `runsc`")
  }

  @Test("has only the limits that the engine says it enforces")
  func capabilities() {
    let all = Self.information.capabilities(hasSwap: true)
    #expect(all.isSuperset(of: [.memoryLimit, .processorLimit, .processLimit, .pause, .images]))
    #expect(all.isDisjoint(with: [.egressAllowList, .networkRateLimit, .memorySnapshot, .lateWorkspace]))
    var less = Self.information
    less.limitsSwap = false
    #expect(!less.capabilities(hasSwap: true).contains(.memoryLimit))
    #expect(less.capabilities(hasSwap: false).contains(.memoryLimit))
    less.limitsProcesses = nil
    less.hasProcessorQuota = false
    #expect(less.capabilities(hasSwap: true).isDisjoint(with: [.memoryLimit, .processLimit, .processorLimit]))
    #expect(throws: SandboxError.self) {
      try DockerDriver.check(SandboxLaunch(sandboxID: SandboxID(), volume: .directory("/w")), less, kind: .docker)
    }
  }

  @Test("finds the control group of a container with either driver of groups")
  func controlGroups() {
    #expect(Self.information.controlGroupPath(of: "ab") == "/symbiont/ab")
    var systemd = Self.information
    systemd.cgroupDriver = "systemd"
    #expect(systemd.controlGroupParent == "symbiont.slice")
    #expect(systemd.controlGroupPath(of: "ab") == "/symbiont.slice/docker-ab.scope")
  }

  @Test("uses the socket that is given, then that of the environment, then the usual one")
  func sockets() throws {
    #expect(try DockerSocket.locate("/a", environment: "unix:///b") == "/a")
    #expect(try DockerSocket.locate(nil, environment: "unix:///b") == "/b")
    #expect(try DockerSocket.locate(nil, environment: nil) == "/var/run/docker.sock")
    #expect(try DockerSocket.locate(nil, environment: "") == "/var/run/docker.sock")
    for other in [
      "tcp://127.0.0.1:2375", "ssh://host", "unix://relative", "unix:///\(String(repeating: "x", count: 200))",
    ] {
      #expect(throws: DockerSocket.Refusal.self) { try DockerSocket.locate(nil, environment: other) }
    }
  }

  @Test("refuses a network and a saved memory instead of leaving them out")
  func refusals() {
    var launch = SandboxLaunch(sandboxID: SandboxID(), volume: .directory("/w"))
    launch.network = SandboxNetworkAttachment(
      namespacePath: "/run/netns/x", deviceName: "e", address: "10.0.0.2/30", gateway: "10.0.0.1")
    #expect(throws: SandboxError.self) { try DockerDriver.check(launch, Self.information, kind: .docker) }
    launch.network = nil
    launch.memorySnapshot = "/m"
    #expect(throws: SandboxError.self) { try DockerDriver.check(launch, Self.information, kind: .docker) }
    #expect(throws: SandboxError.self) {
      try DockerDriver.workspace(of: SandboxLaunch(sandboxID: SandboxID(), volume: .image(path: "/v", mountedAt: nil)))
    }
  }

  @Test("is told that the engine is not there, without an error")
  func examining() async {
    let driver = DockerDriver(DockerConfiguration(instance: "test", socketPath: "/tmp/symbiont-no-such.sock"))
    let report = await driver.examine()
    #expect(!report.isUsable)
    #expect(report.failure == "there is no socket at `/tmp/symbiont-no-such.sock`")
    #expect(report.hint?.contains("DOCKER_HOST") == true)
    #expect(await (try? driver.survivors()) == [])
  }

  @Test("is told that the engine is too old, and needs newer")
  func tooOld() async throws {
    let engine = try FakeDockerEngine(FakeDockerEngine.json(#"{"Version":"18.09","ApiVersion":"1.39"}"#))
    defer { engine.stop() }
    let report = await DockerDriver(DockerConfiguration(instance: "test", socketPath: engine.path)).examine()
    #expect(report.failure == "its API is version 1.39, and 1.41 is needed")
    #expect(report.hint == "install Docker Engine 20.10 or newer")
  }
}
