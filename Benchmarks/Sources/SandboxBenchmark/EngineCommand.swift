/// An engine's command line.
struct EngineCommand {
  /// The program with the options that stand before the verb.
  let prefix: [String]

  /// runc with a state directory of its own.
  static func runc(stateDirectory: String) -> EngineCommand {
    EngineCommand(prefix: ["/usr/sbin/runc", "--root", stateDirectory])
  }

  /// runsc with a state directory of its own, on the platform that every build has.
  static func runsc(stateDirectory: String) -> EngineCommand {
    EngineCommand(prefix: ["/usr/bin/runsc", "--root", stateDirectory, "--platform=ptrace", "--network=none"])
  }

  /// `run` of a bundle, in the foreground.
  func run(_ bundle: PeerBundle) -> [String] { prefix + ["run", "--bundle", bundle.path, bundle.name] }

  /// Starts a bundle in the background.
  func detach(_ bundle: PeerBundle) -> [String] { prefix + ["run", "--detach", "--bundle", bundle.path, bundle.name] }

  /// `exec` of a program in a running bundle, as the user of our commands.
  func execute(_ arguments: [String], in bundle: PeerBundle) -> [String] {
    prefix + ["exec", "--user", "1000:1000", "--cwd", "/workspace", bundle.name] + arguments
  }

  /// Kills and removes a bundle's container.
  func delete(_ bundle: PeerBundle) -> [String] { prefix + ["delete", "--force", bundle.name] }
}
