import NIOHTTP1
import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("Firecracker's interface")
struct FirecrackerTests {
  @Test("the calls have the bodies that the interface wants")
  func bodies() {
    func text(_ call: FirecrackerCall) -> String {
      "\(call.method.rawValue) \(call.path) \(String(decoding: call.body, as: UTF8.self))"
    }
    #expect(
      text(.machine(memoryMegabytes: 256, processors: 2))
        == #"PUT /machine-config {"mem_size_mib":256,"smt":false,"vcpu_count":2}"#)
    #expect(
      text(.boot(kernelPath: "/k", initialFilesPath: "/i", commandLine: "quiet"))
        == #"PUT /boot-source {"boot_args":"quiet","initrd_path":"/i","kernel_image_path":"/k"}"#)
    #expect(
      text(.drive("volume", path: "/v", isReadOnly: false, bytesPerSecond: 10))
        == "PUT /drives/volume {\"drive_id\":\"volume\",\"is_read_only\":false,\"is_root_device\":false,"
        + "\"path_on_host\":\"/v\",\"rate_limiter\":{\"bandwidth\":{\"refill_time\":1000,\"size\":10}}}")
    #expect(
      !text(.drive("volume", path: "/v", isReadOnly: true, bytesPerSecond: 0)).contains("rate_limiter"))
    #expect(
      text(.channel(contextID: 3, socketPath: "/s")) == #"PUT /vsock {"guest_cid":3,"uds_path":"/s"}"#)
    #expect(text(.start) == #"PUT /actions {"action_type":"InstanceStart"}"#)
    #expect(text(.pause) == #"PATCH /vm {"state":"Paused"}"#)
    #expect(text(.resume) == #"PATCH /vm {"state":"Resumed"}"#)
    #expect(
      text(.save(statePath: "/s", memoryPath: "/m"))
        == #"PUT /snapshot/create {"mem_file_path":"/m","snapshot_path":"/s","snapshot_type":"Full"}"#)
    #expect(
      text(.load(statePath: "/s", memoryPath: "/m"))
        == "PUT /snapshot/load {\"mem_backend\":{\"backend_path\":\"/m\",\"backend_type\":\"File\"},"
        + "\"resume_vm\":false,\"snapshot_path\":\"/s\"}")
  }

  @Test("only the orders of calls that the interface allows are made", arguments: FirecrackerMachine.State.allCases)
  func orders(_ state: FirecrackerMachine.State) throws {
    let ways: [FirecrackerMachine.State: [FirecrackerMachine.Operation]] = [
      .new: [], .running: [.configure, .start], .paused: [.load], .ended: [.end],
    ]
    let allowed: [FirecrackerMachine.State: Set<FirecrackerMachine.Operation>] = [
      .new: [.configure, .load, .end], .running: [.pause, .resume, .end], .paused: [.pause, .resume, .save, .end],
      .ended: [.end],
    ]
    for operation in FirecrackerMachine.Operation.allCases {
      var machine = FirecrackerMachine()
      for step in ways[state] ?? [] { try machine.take(step) }
      #expect(machine.state == state)
      let before = machine
      do {
        try machine.take(operation)
        #expect(allowed[state]?.contains(operation) == true, "\(operation) in \(state)")
      } catch {
        #expect(allowed[state]?.contains(operation) == false, "\(operation) in \(state)")
        #expect(machine == before)
      }
    }
  }

  @Test("calls reach the socket, and a refusal changes nothing and names its reason")
  func socket() async throws {
    let accepting = try FakeDockerEngine("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")
    defer { accepting.stop() }
    let client = FirecrackerClient(socketPath: accepting.path)
    await #expect(throws: SandboxError.self) { try await client.perform(.pause, [.pause]) }
    #expect(accepting.calls.isEmpty)
    try await client.perform(.configure, [.machine(memoryMegabytes: 128, processors: 1)])
    try await client.perform(.start, [.start])
    #expect(client.state == .running)
    #expect(accepting.calls.count == 2)
    #expect(accepting.calls.first?.hasPrefix("PUT /machine-config HTTP/1.1") == true)

    let refusing = try FakeDockerEngine(
      FakeDockerEngine.json(#"{"fault_message": "no such kernel"}"#, status: "400 Bad Request"))
    defer { refusing.stop() }
    let refused = FirecrackerClient(socketPath: refusing.path)
    await #expect(
      throws: SandboxError.engineFailed(
        engine: "firecracker", reason: "`PUT /actions` was refused with status 400: no such kernel")
    ) {
      try await refused.perform(.configure, [.start])
    }
    #expect(refused.state == .new)
  }

  @Test("the driver says why it cannot be used, and refuses to launch")
  func examining() async {
    let driver = FirecrackerDriver(MicroVMConfiguration(instance: "test"))
    let report = await driver.examine()
    #expect(!report.isUsable && report.failure != nil && report.hint != nil)
    let launch = SandboxLaunch(sandboxID: SandboxID(), volume: .directory("/tmp"))
    await #expect(throws: SandboxError.self) { try await driver.launch(launch) }
  }
}
