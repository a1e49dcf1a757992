import SymbiontCore

extension DockerInformation {
  /// The name under which the engine must know gVisor.
  static let gVisorRuntime = "runsc"

  /// The runtime to ask for; nil for the engine's default.
  static func runtime(of engine: SandboxEngine) -> String? { engine == .dockerRunsc ? gVisorRuntime : nil }

  /// Why the engine's containers cannot be sandboxes of a kind; nil when they can.
  func objection(to engine: SandboxEngine, kernel: String?) -> DockerEngine.Unusable? {
    if operatingSystemType != "linux" {
      return DockerEngine.Unusable(
        reason: "its containers are for `\(operatingSystemType ?? "an unknown system")`, not for Linux",
        hint: "use a Docker Engine for Linux containers")
    }
    if let kernelVersion, let kernel, kernelVersion != kernel {
      return DockerEngine.Unusable(
        reason: "it runs on another machine: its kernel is `\(kernelVersion)`, this one is `\(kernel)`",
        hint: "run the Docker Engine on the machine of the runtime: limits and files are set up there")
    }
    if hasSecurityOption("rootless") {
      return DockerEngine.Unusable(
        reason: "it runs without the rights of the administrator, so it has no control groups where limits are set up",
        hint: "use a Docker Engine that runs as root")
    }
    if !hasSecurityOption("seccomp") {
      return DockerEngine.Unusable(
        reason: "it cannot filter system calls", hint: "use a Docker Engine that is built with seccomp")
    }
    if let runtime = Self.runtime(of: engine), runtimes?[runtime] == nil {
      return DockerEngine.Unusable(
        reason: "it knows no runtime `\(runtime)`",
        hint: "install gVisor and add it to the runtimes of `/etc/docker/daemon.json` (`runsc install`)")
    }
    return nil
  }

  /// The limits that the engine enforces, and what follows from how it works.
  ///
  /// A container cannot join a network namespace that exists already, so destinations cannot be allowed one by one, and
  /// there is no network at all.
  func capabilities(hasSwap: Bool) -> Set<SandboxCapability> {
    var capabilities: Set<SandboxCapability> = [
      .workspaceLimit, .fileSnapshot, .limitUpdate, .pause, .images, .sharedWorkspace,
    ]
    // Without a limit for swap, memory that is over the limit is swapped out.
    if limitsMemory == true, limitsSwap == true || !hasSwap { capabilities.insert(.memoryLimit) }
    if hasProcessorPeriod == true, hasProcessorQuota == true { capabilities.insert(.processorLimit) }
    if limitsProcesses == true { capabilities.insert(.processLimit) }
    return capabilities
  }

  /// The group above those of containers, in the form that the engine's way of making groups wants.
  var controlGroupParent: String { usesSystemd ? "symbiont.slice" : "/symbiont" }

  /// The path of a container's group below each tree.
  func controlGroupPath(of containerID: String) -> String {
    usesSystemd ? "/symbiont.slice/docker-\(containerID).scope" : "/symbiont/\(containerID)"
  }

  private var usesSystemd: Bool { cgroupDriver == "systemd" }
}
