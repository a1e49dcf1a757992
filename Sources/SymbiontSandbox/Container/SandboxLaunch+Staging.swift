import SymbiontCore

extension SandboxLaunch {
  /// The directory of the machine that is the workspace.
  func workspaceDirectory() throws(SandboxError) -> String {
    switch volume {
    case .directory(let path): return path
    case .image(_, .some(let directory)): return "\(directory)/workspace"
    case .image(let path, nil):
      throw .configurationInvalid(reason: "the volume `\(path)` must be mounted for a container")
    }
  }

  /// Where writes to the root of an image go; nil when there are none.
  func upperDirectory() throws(SandboxError) -> (directory: String, work: String)? {
    guard root.isWritable else { return nil }
    guard case .image(_, .some(let directory)) = volume else {
      throw .configurationInvalid(reason: "a writable root needs a volume that keeps what is written")
    }
    return ("\(directory)/upper", "\(directory)/work")
  }

  /// The text of `/etc/hosts`: itself, and the hosts that it may reach with the addresses that they had.
  var hostsText: String {
    let lines = (network?.hosts ?? [:]).sorted { $0.key < $1.key }.flatMap { name, addresses in
      addresses.map { "\($0) \(name)" }
    }
    return (["127.0.0.1 localhost", "::1 localhost"] + lines).map { "\($0)\n" }.joined()
  }
}
