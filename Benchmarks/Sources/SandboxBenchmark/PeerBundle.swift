import Foundation
import SymbiontCore
import SymbiontSandbox

/// The bundle of one of our own sandboxes with another first process, for the engine's own command line.
///
/// Root file system, mounts, namespaces, user mappings and system call filter are ours to the letter, because they are the
/// `config.json` that the driver wrote. What differs: the first process and its user, the name of the control group, the
/// limits, which our driver sets itself and the engine is told to set here, and the sources of two mounts, which our driver
/// shows to its engine at another place.
struct PeerBundle {
  let path: String
  let name: String

  /// The users as which commands run in our sandboxes.
  private static let commandUser = ["uid": 1_000, "gid": 1_000]
  /// Microseconds over which processor time is given out.
  private static let processorPeriod = 100_000

  /// Writes the bundle of a sandbox anew.
  ///
  /// - Parameters:
  ///   - arguments: The program to run in it and its arguments.
  ///   - launch: What the sandbox was made of.
  ///   - sources: Where what is mounted comes from, by its place in the sandbox, when not from where the bundle says.
  init(
    copyOf bundle: String, of launch: SandboxLaunch, in directory: String, name: String, running arguments: [String],
    sources: [String: String]
  ) throws {
    path = "\(directory)/\(name)"
    self.name = name
    let content = try Data(contentsOf: URL(fileURLWithPath: "\(bundle)/config.json"))
    guard var configuration = try JSONSerialization.jsonObject(with: content) as? [String: Any],
      var process = configuration["process"] as? [String: Any], var linux = configuration["linux"] as? [String: Any],
      var resources = linux["resources"] as? [String: Any], let mounts = configuration["mounts"] as? [[String: Any]]
    else { throw BenchmarkFailure("`\(bundle)/config.json` is no configuration of a container") }
    process["args"] = arguments
    process["user"] = Self.commandUser
    process["capabilities"] = [String: [String]]()
    process["cwd"] = "/workspace"
    linux["cgroupsPath"] = "/symbiont/\(name)"
    resources.merge(Self.limits(launch.limits)) { $1 }
    linux["resources"] = resources
    configuration["mounts"] = mounts.map { mount in
      guard let place = mount["destination"] as? String, let source = sources[place] else { return mount }
      return mount.merging(["source": source]) { $1 }
    }
    configuration["process"] = process
    configuration["linux"] = linux
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
    try JSONSerialization.data(withJSONObject: configuration).write(to: URL(fileURLWithPath: "\(path)/config.json"))
  }

  private static func limits(_ limits: SandboxLimits) -> [String: Any] {
    let memory = limits.resources.memoryBytes
    return [
      "memory": ["limit": memory, "swap": memory],
      "cpu": ["quota": Int(limits.resources.cpuCores * Double(processorPeriod)), "period": processorPeriod],
      "pids": ["limit": limits.processes],
    ]
  }

  /// Finds the bundle of the only sandbox that lives below a state directory.
  static func ofOnlySandbox(below directory: String) throws -> String {
    let bundles = (FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix("/config.json") }
    guard bundles.count == 1 else {
      throw BenchmarkFailure("`\(directory)` holds \(bundles.count) bundles instead of one")
    }
    return "\(directory)/\(bundles[0].dropLast("/config.json".count))"
  }
}
