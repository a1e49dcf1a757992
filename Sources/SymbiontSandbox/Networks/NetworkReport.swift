/// Whether networks of sandboxes can be made on this machine, tried for real.
package struct NetworkReport: Sendable, Hashable, Codable {
  /// Something that is needed.
  package struct Check: Sendable, Hashable, Codable {
    /// What it is, such as `nft rules`.
    package var name: String
    /// What is wrong with it; nil when it works.
    package var failure: String?
  }

  /// Everything that was tried, in order.
  package var checks: [Check]

  /// Whether networks can be made that are limited to destinations.
  package var canFilter: Bool { works(.programs, .namespaces, .devices, .rules) }
  /// Whether rates can be limited.
  package var canLimitRates: Bool { canFilter && works(.rates) }
  /// Whether virtual machines can have networks.
  package var canServeVirtualMachines: Bool { canFilter && works(.machineDevices) }

  /// What is tried.
  enum Facility: String, CaseIterable {
    case programs = "programs ip, nft and tc"
    case namespaces = "network namespaces"
    case devices = "pairs of devices (veth)"
    case rules = "rules (nf_tables)"
    case rates = "rates (tbf)"
    case machineDevices = "devices for virtual machines (tap)"
  }

  /// What only virtual machines need.
  static let tapName = Facility.machineDevices.rawValue

  private func works(_ facilities: Facility...) -> Bool {
    facilities.allSatisfy { facility in
      checks.contains { $0.name == facility.rawValue && $0.failure == nil }
    }
  }
}
