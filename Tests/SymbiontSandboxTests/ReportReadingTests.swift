import SymbiontCore
import SymbiontResources
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("Reading what the engine and the kernel report")
struct ReportReadingTests {
  private func log(_ message: String) -> EngineLog {
    EngineLog(
      text:
        "no JSON\n{\"level\":\"warning\",\"msg\":\"w\"}\n{\"level\":\"error\",\"msg\":\"\(message)\",\"time\":\"t\"}\n")
  }

  @Test("a missing program is recognized only by its own name")
  func missingProgram() {
    let text =
      "runc run failed: unable to start container process: exec: \\\"tool\\\": executable file not found in $PATH"
    #expect(log(text).error(starting: "tool") == .commandNotFound(command: "tool"))
    guard case .startFailed = log(text).error(starting: "other") else {
      Issue.record("another program was taken for this one")
      return
    }
  }

  @Test("every other failure is given with the engine's words, and a log without errors has none")
  func otherFailures() {
    #expect(log("no room").error(starting: "tool") == .startFailed(reason: "no room"))
    #expect(EngineLog(text: "{\"level\":\"info\",\"msg\":\"m\"}\n{").failure == nil)
    #expect(EngineLog(path: "/no/such/log").failure == nil)
  }

  @Test("the mount table tells the trees of both versions, and mounts below a directory")
  func mounts() {
    let table = MountTable(
      text: """
        proc /proc proc rw 0 0
        cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
        cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
        /dev/sda /usr/share/my\\040data ext4 ro 0 0
        broken
        """)
    let hierarchy = CgroupHierarchy(table)
    #expect(hierarchy.controllerRoots == ["/sys/fs/cgroup/memory"])
    #expect(hierarchy.unifiedRoot == "/sys/fs/cgroup/unified")
    #expect(table.hasMounts(below: "/usr"))
    #expect(!table.hasMounts(below: "/us"))
    #expect(table.entries.last?.path == "/usr/share/my data")
    #expect(CgroupHierarchy(MountTable(text: "")).isEmpty)
  }

  @Test("the name of a container is read back for its own instance only")
  func names() {
    for instance in ["a", "a-b", "0123456789"] {
      let name = ContainerName(instance: instance, sandboxID: SandboxID())
      #expect(ContainerName(name.description, instance: instance) == name)
      #expect(ContainerName(name.description, instance: "a-") == nil)
      #expect(ContainerName("\(name)x", instance: instance) == nil)
      #expect(instance == "a" || ContainerName(name.description, instance: "a") == nil)
    }
  }

  @Test("the words of a wait status are told apart")
  func waitStatus() {
    #expect(ExitStatus(waitStatus: 0) == .exited(0))
    #expect(ExitStatus(waitStatus: 0xff00) == .exited(255))
    #expect(ExitStatus(waitStatus: 9) == .signalled(9))
    #expect(ExitStatus(waitStatus: 11 | 0x80) == .signalled(11))
  }
}
