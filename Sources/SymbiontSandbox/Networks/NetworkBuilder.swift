import Glibc
import Logging
import SymbiontCore
import SymbiontSystem

/// Makes and removes networks, step by step, on a thread of ``NamespaceThread``.
struct NetworkBuilder: Sendable {
  let configuration: SandboxNetworksConfiguration
  let logger: Logger
  let ip: NetworkTool
  let nft: NetworkTool
  let tc: NetworkTool
  let uplink: NetworkNamespace

  /// What the kernel must have for the rules.
  static let rulesHint =
    "the kernel must have nf_tables with the expressions ct, fib, reject and masq for the family inet"
  /// What the kernel must have for the rates.
  static let rateHint = "the kernel must have the queue discipline tbf (module `sch_tbf`)"
  /// What the kernel must have for the devices.
  static let deviceHint = "the kernel must have the devices veth, and tun for virtual machines"

  /// Finds the programs and the namespace that leads to the world, and enters it.
  init(_ configuration: SandboxNetworksConfiguration, logger: Logger) throws(SandboxError) {
    try configuration.validate()
    self.configuration = configuration
    self.logger = logger
    let timeout = configuration.toolTimeout
    func tool(_ name: NetworkTool.Name) throws(SandboxError) -> NetworkTool {
      try NetworkTool(name, path: configuration.toolPaths[name.rawValue], timeout: timeout)
    }
    ip = try tool(.ip)
    nft = try tool(.nft)
    tc = try tool(.tc)
    uplink = try Self.step("open the namespace that leads to the world") { () throws(SystemError) in
      guard let path = configuration.uplinkNamespacePath else { return try .current() }
      return try NetworkNamespace(path: path)
    }
    try enter(uplink)
  }

  /// The table of this instance.
  var table: OuterTable { OuterTable(instance: configuration.instance, pool: configuration.pool) }

  /// Puts the thread into a namespace.
  func enter(_ namespace: NetworkNamespace) throws(SandboxError) {
    try Self.step("enter a network namespace") { () throws(SystemError) in try namespace.enter() }
  }

  /// Applies commands for devices.
  func applyDevices(_ text: String) throws(SandboxError) {
    do throws(SandboxError) {
      try ip.run(["-batch", "-"], input: text)
    } catch .engineFailed(let engine, let reason) {
      throw .engineFailed(engine: engine, reason: "\(reason): \(Self.deviceHint)")
    }
  }

  /// Applies rules, all or none of them.
  func applyRules(_ text: String) throws(SandboxError) {
    do throws(SandboxError) {
      try nft.run(["-f", "-"], input: text)
    } catch .engineFailed(_, let reason) {
      throw .limitUnenforceable(limit: "network_config", reason: "\(reason): \(Self.rulesHint)")
    }
  }

  /// Applies rates.
  func applyRates(_ text: String) throws(SandboxError) {
    do throws(SandboxError) {
      try tc.run(["-batch", "-"], input: text)
    } catch .engineFailed(_, let reason) {
      throw .limitUnenforceable(limit: "network_io_mbps", reason: "\(reason): \(Self.rateHint)")
    }
  }

  /// Changes a setting of the kernel.
  func set(_ setting: NetworkSetting, to value: Int) throws(SandboxError) {
    try Self.step("set `net/\(setting.path)` to \(value)") { () throws(SystemError) in try setting.set(value) }
  }

  /// Makes a system call whose failure means that no network can be made.
  static func step<Value>(
    _ what: String, _ body: () throws(SystemError) -> Value
  ) throws(SandboxError) -> Value {
    do throws(SystemError) {
      return try body()
    } catch {
      throw .startFailed(
        reason: "could not \(what): \(error); networks of sandboxes need root and network namespaces")
    }
  }
}
