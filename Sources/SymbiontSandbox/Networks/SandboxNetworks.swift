package import Logging
package import SymbiontCore

/// Makes the networks of sandboxes: for each a network namespace that leads out, past rules that the kernel keeps to.
///
/// What may be reached is enforced twice, in the sandbox's namespace and on the machine's side, and neither can be changed
/// from inside. Addresses are of version 4 only. The programs `ip`, `nft` and `tc` do the work; all that is made carries the
/// instance's mark and is found again by the next runtime.
package final class SandboxNetworks: Sendable {
  /// How networks are made.
  package let configuration: SandboxNetworksConfiguration
  private let logger: Logger

  /// Makes the component; nothing is done before the first call.
  package init(
    _ configuration: SandboxNetworksConfiguration, logger: Logger = Logger(label: "symbiont.networks")
  ) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Makes the network of a sandbox.
  ///
  /// - Parameters:
  ///   - sandboxID: The sandbox.
  ///   - config: What it may reach; the mode `.none` is refused, since it needs no network.
  ///   - rate: The megabytes that it may send, and also receive, in a second; nil for no limit.
  ///   - forVirtualMachine: Whether it gets a tap device instead of joining the namespace.
  /// - Throws: A ``SandboxError``; nothing is left behind then.
  package func attach(
    _ sandboxID: SandboxID, config: NetworkConfig, rate: Int? = nil, forVirtualMachine: Bool = false
  ) async throws(SandboxError) -> SandboxNetworkAttachment {
    do throws(ConfigurationError) {
      try config.validate()
    } catch {
      throw .configurationInvalid(reason: error.message)
    }
    guard config.mode != .none else {
      throw .configurationInvalid(reason: "the network mode `None` has no network to attach")
    }
    var allowed: AllowedDestinations?
    if config.mode == .allowList {
      allowed = try await AllowedDestinations(
        config.allowedDestinations, resolver: configuration.resolver, timeout: configuration.resolutionTimeout)
    }
    let request = NetworkBuilder.Request(
      names: names(sandboxID), allowed: allowed,
      rate: try rate.map { value throws(SandboxError) in try NetworkRate(megabytesPerSecond: value) },
      isForVirtualMachine: forVirtualMachine)
    return try await building { builder throws(SandboxError) in try builder.make(request) }
  }

  /// Removes the network of a sandbox; that there is none is no error.
  package func detach(_ sandboxID: SandboxID) async throws(SandboxError) {
    let names = names(sandboxID)
    _ = try await building { builder throws(SandboxError) in try builder.remove(names) }
  }

  /// Changes the rate of a sandbox that has a network; nil takes the limit away.
  package func update(_ sandboxID: SandboxID, rate: Int?) async throws(SandboxError) {
    let names = names(sandboxID)
    let rate = try rate.map { value throws(SandboxError) in try NetworkRate(megabytesPerSecond: value) }
    try await building { builder throws(SandboxError) in try builder.setRate(rate, of: names) }
  }

  /// What the kernel holds the network of a sandbox to.
  package func settings(of sandboxID: SandboxID) async throws(SandboxError) -> NetworkSettings {
    let names = names(sandboxID)
    return try await building { builder throws(SandboxError) in try builder.settings(of: names) }
  }

  /// What passed the network of a sandbox, and what was refused.
  package func counters(of sandboxID: SandboxID) async throws(SandboxError) -> NetworkCounters {
    let names = names(sandboxID)
    return try await building { builder throws(SandboxError) in try builder.counters(of: names) }
  }

  /// The sandboxes of this instance of which some part of a network exists on the machine.
  package func survivors() async throws(SandboxError) -> Set<SandboxID> {
    try await building { builder throws(SandboxError) in try builder.survivors() }
  }

  /// Removes the networks that a runtime that died left of these sandboxes.
  ///
  /// - Returns: What was removed, in words that name each object.
  @discardableResult
  package func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]] {
    let all = sandboxIDs.map(names)
    return try await building { builder throws(SandboxError) in
      var reaped: [SandboxID: [String]] = [:]
      for names in all {
        let removed = try builder.remove(names)
        if !removed.isEmpty { reaped[names.sandboxID] = removed }
      }
      return reaped
    }
  }

  private func names(_ sandboxID: SandboxID) -> NetworkNames {
    NetworkNames(instance: configuration.instance, sandboxID: sandboxID)
  }

  /// Runs the body on a thread that is in the namespace that leads to the world.
  private func building<Value: Sendable>(
    _ body: @escaping @Sendable (NetworkBuilder) throws(SandboxError) -> Value
  ) async throws(SandboxError) -> Value {
    try await NamespaceThread.run { [configuration, logger] () throws(SandboxError) in
      try body(NetworkBuilder(configuration, logger: logger))
    }
  }

  /// Makes what does the work, on a thread of ``NamespaceThread``.
  func makeBuilder() throws(SandboxError) -> NetworkBuilder { try NetworkBuilder(configuration, logger: logger) }
}
