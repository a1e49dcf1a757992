import FoundationEssentials
import SymbiontCore

extension DockerContainerRequest {
  /// What the guest needs of the rights of the administrator: to end commands and to start them as another user.
  private static let guestCapabilities = ["KILL", "SETGID", "SETUID"]
  /// When the machine runs out of memory, sandboxes go before the runtime and its store.
  private static let outOfMemoryScore = 500
  private static let openFiles = 1_024

  /// What tells about the machine, or about other containers, or lets it be changed.
  private static let maskedPaths = [
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
    "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys",
  ]
  private static let readOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

  /// The container of a sandbox.
  init(
    _ launch: SandboxLaunch, engine: SandboxEngine, root: DockerRoot, image: String, guest: String, workspace: String,
    labels: [String: String], information: DockerInformation
  ) throws(SandboxError) {
    let temporaryBytes = ResourceLimits(memoryMegabytes: launch.limits.temporaryMegabytes).memoryBytes
    self.init(
      image: image, entrypoint: [DockerRoot.guestPath], user: "0:0", workingDirectory: "/", hostname: "agent",
      labels: labels,
      hostConfiguration: HostConfiguration(
        runtime: DockerInformation.runtime(of: engine), addedCapabilities: Self.guestCapabilities,
        securityOptions: ["no-new-privileges", try Self.seccomp()], maskedPaths: Self.maskedPaths,
        readOnlyPaths: Self.readOnlyPaths, controlGroupParent: information.controlGroupParent,
        resources: DockerResources(launch.limits, engine: engine), outOfMemoryScore: Self.outOfMemoryScore,
        resourceLimits: Self.resourceLimits(launch.limits, engine: engine),
        temporaryFiles: ["/tmp": "rw,exec,nosuid,nodev,mode=1777,size=\(launch.limits.temporaryMegabytes)m"],
        sharedMemoryBytes: temporaryBytes,
        mounts: root.mounts + [
          Mount(guest, at: DockerRoot.guestPath, isReadOnly: true),
          Mount(workspace, at: ContainerSpecification.workspacePath, isReadOnly: false),
        ]))
  }

  /// The engine takes the profile itself, not a path of it.
  private static func seccomp() throws(SandboxError) -> String {
    do {
      return "seccomp=\(String(decoding: try JSONEncoder().encode(SeccompProfile.standard), as: UTF8.self))"
    } catch {
      throw .startFailed(reason: "the filter for system calls could not be written: \(error)")
    }
  }

  /// gVisor counts the processes of a sandbox itself, for its user; elsewhere the number would be shared by all sandboxes,
  /// whose commands are the same user of the machine.
  private static func resourceLimits(_ limits: SandboxLimits, engine: SandboxEngine) -> [ResourceLimit] {
    let fileBytes = limits.workspaceMegabytes * ResourceLimits.bytesPerMegabyte
    var result = [
      ResourceLimit(name: "core", soft: 0, hard: 0), ResourceLimit(name: "nofile", soft: openFiles, hard: openFiles),
      ResourceLimit(name: "fsize", soft: fileBytes, hard: fileBytes),
    ]
    if engine == .dockerRunsc {
      result.append(ResourceLimit(name: "nproc", soft: limits.processes, hard: limits.processes))
    }
    return result
  }
}
