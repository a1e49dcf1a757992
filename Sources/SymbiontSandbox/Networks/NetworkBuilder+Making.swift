import Glibc
import Logging
import SymbiontCore
import SymbiontSystem

extension NetworkBuilder {
  /// What is asked for.
  struct Request: Sendable {
    var names: NetworkNames
    /// What may be reached; nil for everything outside of the machine.
    var allowed: AllowedDestinations?
    var rate: NetworkRate?
    var isForVirtualMachine: Bool
  }

  /// Makes the network, all of it or nothing.
  func make(_ request: Request) throws(SandboxError) -> SandboxNetworkAttachment {
    let path = configuration.namespacePath(request.names)
    let namespace = try createNamespace(path, sandboxID: request.names.sandboxID)
    do throws(SandboxError) {
      try prepareNamespace(forwards: request.isForVirtualMachine)
      try enter(uplink)
      let lock = try NetworkLock(path: configuration.lockPath)
      let plan = try lock.hold { () throws(SandboxError) in try makeOuterSide(request, namespacePath: path) }
      try enter(namespace)
      // Nothing can pass before the rules are there, since the device is down.
      try applyRules(plan.innerRules())
      if let rate = request.rate { try applyRates(rate.command(device: NetworkNames.innerDevice)) }
      try applyDevices(plan.innerDevices(tapUserID: configuration.tapUserID))
      return plan.attachment(namespacePath: path)
    } catch {
      undo(request.names)
      throw error
    }
  }

  private func createNamespace(_ path: String, sandboxID: SandboxID) throws(SandboxError) -> NetworkNamespace {
    do throws(SystemError) {
      return try NetworkNamespace.create(path: path, in: configuration.namespacesDirectory)
    } catch {
      guard error.code != EEXIST else { throw .sandboxAlreadyExists(sandboxID: sandboxID) }
      throw .startFailed(
        reason: "the network namespace `\(path)` could not be made: \(error); this needs root and `CONFIG_NET_NS`")
    }
  }

  private func undo(_ names: NetworkNames) {
    do throws(SandboxError) {
      _ = try remove(names)
    } catch {
      logger.error("\(error.message)", metadata: ["sandbox": "\(names.sandboxID)"])
    }
  }

  /// Switches version 6 off, which no rule and no address is made for, and forwarding on where a machine needs it.
  private func prepareNamespace(forwards: Bool) throws(SandboxError) {
    for device in ["all", "default"] {
      let setting = NetworkSetting(path: "ipv6/conf/\(device)/disable_ipv6")
      if setting.value != nil { try set(setting, to: 1) }
    }
    // A new namespace may have the settings of the machine.
    try set(.forwardsEverywhere, to: forwards ? 1 : 0)
  }

  private func makeOuterSide(
    _ request: Request, namespacePath: String
  ) throws(SandboxError) -> NetworkPlan {
    let routes = RouteTable.current()
    guard let pool = AddressPool(configuration.pool),
      let subnet = pool.freeSubnet(seed: request.names.sandboxID.value.low, routes: routes)
    else {
      throw .startFailed(
        reason: """
          all \(AddressPool(configuration.pool)?.capacity ?? 0) subnets of the address pool `\(configuration.pool)` are \
          taken by sandboxes or touch routes of the machine: remove sandboxes, or choose another pool
          """)
    }
    let plan = NetworkPlan(
      names: request.names, pool: configuration.pool, subnet: subnet,
      machineSubnet: request.isForVirtualMachine ? configuration.machineSubnet : nil, allowed: request.allowed)
    let devices = forwardingDevices(plan, routes: routes)
    try applyRules(plan.outerRules(guarding: devices.filter(isGuarded)))
    for device in devices where NetworkSetting.forwarding(device).value == 0 {
      try set(.forwarding(device), to: 1)
      logger.notice("packets that arrive at a device are now forwarded to sandboxes", metadata: ["device": "\(device)"])
    }
    try applyDevices(plan.outerDevices(namespacePath: namespacePath))
    try set(.forwarding(plan.names.device), to: 1)
    try set(NetworkSetting(path: "ipv4/conf/\(plan.names.device)/rp_filter"), to: 1)
    try set(NetworkSetting(path: "ipv4/conf/\(plan.names.device)/send_redirects"), to: 0)
    if let rate = request.rate { try applyRates(rate.command(device: plan.names.device)) }
    return plan
  }

  /// The devices of the machine whose packets must be forwarded for answers to arrive.
  private func forwardingDevices(_ plan: NetworkPlan, routes: RouteTable) -> [String] {
    let used = plan.allowed.map { $0.endpoints.flatMap { routes.routes(to: $0.address) } } ?? routes.defaults
    return Set(used.map(\.device)).filter { $0 != "lo" && !NetworkNames.isOurs($0) }.sorted()
  }

  /// Whether a device only forwards because of sandboxes: the machine as a whole does not, and the device did not before the
  /// first sandbox.
  private func isGuarded(_ device: String) -> Bool {
    guard NetworkSetting.forwardsEverywhere.value == 0 else { return false }
    return NetworkSetting.forwarding(device).value == 0 || NetworkDevices.current().contains(where: NetworkNames.isOurs)
  }
}
