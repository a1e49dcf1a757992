import FoundationEssentials
import Glibc
import Logging
import SymbiontCore
import SymbiontSystem

extension NetworkBuilder {
  /// Removes everything of a network, in whatever state it is, and says what there was.
  func remove(_ names: NetworkNames) throws(SandboxError) -> [String] {
    try enter(uplink)
    let lock = try NetworkLock(path: configuration.lockPath)
    var removed: [String] = []
    do throws(SandboxError) {
      removed += try lock.hold { () throws(SandboxError) in try removeOuterSide(names) }
      // The file goes last: as long as there is anything of the network, it is there and names the sandbox.
      let path = configuration.namespacePath(names)
      if access(path, F_OK) == 0 { removed.append("network namespace `\(names.namespace)`") }
      try Self.step("remove the network namespace `\(path)`") { () throws(SystemError) in
        try NetworkNamespace.remove(path: path)
      }
    } catch {
      throw .cleanupFailed(sandboxID: names.sandboxID, reason: error.message)
    }
    return removed
  }

  private func removeOuterSide(_ names: NetworkNames) throws(SandboxError) -> [String] {
    var removed: [String] = []
    let prefix = NetworkNames.devicePrefix(of: names.instance)
    var devices = NetworkDevices.current()
    if devices.traffic[names.device] != nil {
      try applyDevices("link delete dev \(names.device)\n")
      removed.append("network device `\(names.device)`")
      devices = .current()
    }
    let hasTable = try self.hasTable()
    guard hasTable else { return removed }
    if devices.contains(where: { $0.hasPrefix(prefix) }) {
      try applyRules(table.removal(of: names.device))
    } else {
      try removeTable(isAlone: !devices.contains(where: NetworkNames.isOurs))
      removed.append("nft table `\(table.name)`")
    }
    return removed
  }

  /// Whether the instance has a table on the machine's side.
  private func hasTable() throws(SandboxError) -> Bool {
    try nft.run(["list", "tables", "inet"]).split(separator: "\n").contains { $0 == "table inet \(table.name)" }
  }

  /// Removes the table, and lets the devices that forwarded because of it do so no longer.
  ///
  /// A device that another instance needs, or that a machine has which now forwards as a whole, is left as it is.
  private func removeTable(isAlone: Bool) throws(SandboxError) {
    let listing = try NetworkListing(nft.run(["-j", "list", "set", "inet", table.name, OuterTable.guarded]))
    if isAlone, NetworkSetting.forwardsEverywhere.value == 0 {
      for device in listing.names(inSet: OuterTable.guarded) where NetworkSetting.forwarding(device).value == 1 {
        try set(.forwarding(device), to: 0)
        logger.notice("packets that arrive at a device are no longer forwarded", metadata: ["device": "\(device)"])
      }
    }
    try applyRules(table.removal)
  }
}
