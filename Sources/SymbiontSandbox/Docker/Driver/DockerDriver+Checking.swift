import SymbiontCore

extension DockerDriver {
  /// The directory of the machine that is the workspace.
  static func workspace(of launch: SandboxLaunch) throws(SandboxError) -> String {
    switch launch.volume {
    case .directory(let path): return path
    case .image(_, .some(let directory)): return "\(directory)/workspace"
    case .image(let path, .none):
      throw .configurationInvalid(reason: "the volume `\(path)` is not mounted, and a container needs it mounted")
    }
  }

  /// Refuses what the engine cannot do, rather than leave it out.
  static func check(
    _ launch: SandboxLaunch, _ information: DockerInformation, kind: SandboxEngine
  ) throws(SandboxError) {
    guard launch.network == nil else {
      throw .limitUnenforceable(
        limit: "network", reason: "the Docker Engine cannot put a container into a network namespace with rules of ours"
      )
    }
    guard launch.memorySnapshot == nil else {
      throw .configurationInvalid(reason: "the Docker Engine cannot go on from a saved memory")
    }
    let capabilities = information.capabilities(hasSwap: hasSwap)
    let needed: [(SandboxCapability, String)] = [
      (.memoryLimit, "memory"), (.processorLimit, "cpu"), (.processLimit, "processes"),
    ]
    for (capability, limit) in needed where !capabilities.union(launch.unenforced).contains(capability) {
      throw .limitUnenforceable(
        limit: limit, reason: "the Docker Engine says that this machine cannot enforce it for containers")
    }
  }

  /// The image with the mount points of a root.
  static func image(of root: DockerRoot) throws(SandboxError) -> DockerBaseImage {
    do throws(TapeArchive.Failure) {
      return try DockerBaseImage(root)
    } catch {
      switch error {
      case .nameTooLong(let name):
        throw .configurationInvalid(reason: "the name `\(name)` in the root file system is too long for the engine")
      case .fileTooLarge(let name):
        throw .configurationInvalid(reason: "the file `\(name)` in the root file system is too large for the engine")
      }
    }
  }
}
