import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// What must be there before an engine's containers can be made.
struct ContainerGround: Sendable {
  let configuration: ContainerConfiguration
  let directories: ContainerDirectories
  let guest: String
  let root: RootSkeleton
  let hierarchy: CgroupHierarchy
  /// Kills the containers should the runtime die; nil when it could not be started.
  var orphanGuard: OrphanGuard?

  /// Finds the guest and makes the directories.
  ///
  /// Doing it again changes nothing.
  init(_ configuration: ContainerConfiguration, engine: SandboxEngine) throws(SandboxError) {
    try configuration.validate()
    guard geteuid() == 0 else {
      throw .tierUnavailable(
        tier: engine.tier, reason: "containers of \(engine.rawValue) need the rights of the administrator: run as root")
    }
    self.configuration = configuration
    if let given = configuration.guestPath { guest = given } else { guest = try GuestProgram.locate() }
    hierarchy = CgroupHierarchy(.current())
    guard !hierarchy.isEmpty else {
      throw .limitUnenforceable(limit: "memory_mb", reason: "no control groups are mounted on this machine")
    }
    guard ChildSubreaper.become() else {
      throw .tierUnavailable(
        tier: engine.tier, reason: "the kernel refused to make this process a child subreaper")
    }
    directories = ContainerDirectories(configuration, engine: engine)
    do throws(SystemError) {
      try directories.make()
      root = try RootSkeleton(path: directories.machineRoot, systemDirectories: configuration.systemDirectories)
      try RootSkeleton.makeOverlay(directories.imageRoot)
    } catch {
      throw .startFailed(reason: "the directory `\(directories.path)` could not be made ready: \(error)")
    }
  }

  /// The control group of a container.
  func group(of name: ContainerName) -> ControlGroup {
    ControlGroup(path: CgroupHierarchy.path(of: name), hierarchy: hierarchy)
  }

  /// The bundle of a container.
  func bundle(of name: ContainerName) -> ContainerBundle { ContainerBundle(of: name, in: directories.bundles) }

  /// What is staged for a sandbox.
  func content(of launch: SandboxLaunch, bundle: ContainerBundle) throws(SandboxError) -> ContainerStage.Content {
    var content = ContainerStage.Content(
      guest: guest, workspace: try launch.workspaceDirectory(), hosts: launch.network.map { _ in bundle.hostsPath })
    if case .image(let directory, _) = launch.root {
      content.layers = [directories.imageRoot, directory]
      content.upper = try launch.upperDirectory()
    }
    return content
  }

  /// The path that is the root of a sandbox, as its engine sees it.
  func rootPath(of launch: SandboxLaunch) -> String {
    switch launch.root {
    case .machine: root.path
    case .image: directories.stage.root
    }
  }

  /// What is mounted in a sandbox.
  func mounts(of launch: SandboxLaunch) -> [ContainerSpecification.Mount] {
    ContainerSpecification.mounts(launch, stage: directories.stage, systemMounts: root.systemMounts)
  }
}
