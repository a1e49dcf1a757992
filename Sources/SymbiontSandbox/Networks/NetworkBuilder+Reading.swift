import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontSystem

extension NetworkBuilder {
  /// Changes the rate in both directions.
  func setRate(_ rate: NetworkRate?, of names: NetworkNames) throws(SandboxError) {
    let namespace = try namespace(of: names)
    for (side, device) in [(uplink, names.device), (namespace, NetworkNames.innerDevice)] {
      try enter(side)
      if let rate {
        try applyRates(rate.command(device: device))
      } else if try tc.run(["qdisc", "show", "dev", device]).contains("tbf") {
        try applyRates(NetworkRate.removal(device: device))
      }
    }
  }

  /// Reads what holds for a network.
  func settings(of names: NetworkNames) throws(SandboxError) -> NetworkSettings {
    let namespace = try namespace(of: names)
    var rates: [Int?] = []
    for (side, device) in [(uplink, names.device), (namespace, NetworkNames.innerDevice)] {
      try enter(side)
      rates.append(try rate(ofDevice: device))
    }
    let listing = try NetworkListing(nft.run(["-j", "list", "table", "inet", NetworkNames.innerTable]))
    return NetworkSettings(
      bytesPerSecond: rates.contains(nil) ? nil : rates.compactMap { $0 }.max(),
      refusesByDefault: listing.policy(ofChain: "output") == "drop")
  }

  /// The rate of a device in the present namespace.
  ///
  /// A listing may leave a device out while others come and go, so that one without a rate is made again; one that has a rate
  /// is right.
  private func rate(ofDevice device: String) throws(SandboxError) -> Int? {
    for _ in 0..<Self.listings {
      if let rate = NetworkSettings.rate(try tc.run(["-j", "qdisc", "show", "dev", device])) { return rate }
    }
    return nil
  }

  private static let listings = 3

  /// Reads the counters.
  func counters(of names: NetworkNames) throws(SandboxError) -> NetworkCounters {
    try enter(namespace(of: names))
    let traffic = NetworkDevices.current().traffic[NetworkNames.innerDevice]
    let listing = try NetworkListing(nft.run(["-j", "list", "table", "inet", NetworkNames.innerTable]))
    return NetworkCounters(
      bytesReceived: traffic?.received ?? 0, bytesSent: traffic?.sent ?? 0,
      refusedPackets: listing.packets(ofCounter: "refusals"),
      refusals: listing.refusals(inSet: "refused").sorted { ($0.address, $0.port) < ($1.address, $1.port) })
  }

  /// The sandboxes whose namespaces or devices exist.
  func survivors() throws(SandboxError) -> Set<SandboxID> {
    let instance = configuration.instance
    let files = (try? FileManager.default.contentsOfDirectory(atPath: configuration.namespacesDirectory)) ?? []
    var found = Set(files.compactMap { ContainerName($0, instance: instance)?.sandboxID })
    let prefix = NetworkNames.devicePrefix(of: instance)
    if NetworkDevices.current().contains(where: { $0.hasPrefix(prefix) }) {
      // The alias holds the whole name, for a device whose namespace lost its file.
      let words = try ip.run(["-details", "link", "show", "type", "veth"]).split(whereSeparator: \.isWhitespace)
      for (word, next) in zip(words, words.dropFirst()) where word == "alias" {
        if let name = ContainerName(String(next), instance: instance) { found.insert(name.sandboxID) }
      }
    }
    return found
  }

  private func namespace(of names: NetworkNames) throws(SandboxError) -> NetworkNamespace {
    do throws(SystemError) {
      return try NetworkNamespace(path: configuration.namespacePath(names))
    } catch {
      guard error.code != ENOENT else { throw .sandboxNotFound(sandboxID: names.sandboxID) }
      throw .startFailed(reason: "the network namespace `\(names.namespace)` could not be opened: \(error)")
    }
  }
}
