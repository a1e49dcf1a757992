import SymbiontCore

/// The network of one sandbox: what it is made of, as the texts that the tools of the machine read.
///
/// Everything in the texts is made here, or was checked to be a number, an address or a plain name.
struct NetworkPlan: Sendable, Hashable {
  var names: NetworkNames
  /// The pool that the addresses of all sandboxes are from.
  var pool: IPv4Network
  /// The four addresses of this one.
  var subnet: IPv4Network
  /// The addresses between a virtual machine and the namespace that it is in: the same for all, since nobody outside of
  /// the namespace sees them, and so that a machine that is restored in another namespace keeps its address.
  var machineSubnet: IPv4Network?
  /// What may be reached; nil for everything outside of the machine.
  var allowed: AllowedDestinations?

  /// The address of the machine's end.
  var gateway: IPv4Address { subnet.address(at: 1) }
  /// The address of the sandbox's end.
  var address: IPv4Address { subnet.address(at: 2) }

  /// The hardware address of the device that virtual machines see as their router: always the same, so that a restored
  /// machine still knows it.
  static let tapHardwareAddress = "02:53:59:00:00:01"

  /// The attachment for the driver.
  func attachment(namespacePath: String) -> SandboxNetworkAttachment {
    let inside = machineSubnet ?? subnet
    return SandboxNetworkAttachment(
      namespacePath: namespacePath, deviceName: NetworkNames.innerDevice,
      tapName: machineSubnet.map { _ in NetworkNames.tap },
      address: "\(inside.address(at: 2))/\(inside.prefixLength)", gateway: "\(inside.address(at: 1))",
      hosts: allowed?.hosts ?? [:])
  }

  /// Makes the pair of devices, for `ip -batch` on the machine's side.
  func outerDevices(namespacePath: String) -> String {
    """
    link add \(names.device) type veth peer name \(NetworkNames.innerDevice) netns \(namespacePath)
    link set dev \(names.device) alias \(names.namespace) addrgenmode none
    address add \(gateway)/\(subnet.prefixLength) dev \(names.device)
    link set dev \(names.device) up

    """
  }

  /// Sets up the devices, for `ip -batch` in the namespace.
  func innerDevices(tapUserID: UInt32?) -> String {
    var text = """
      link set dev lo up
      address add \(address)/\(subnet.prefixLength) dev \(NetworkNames.innerDevice)
      link set dev \(NetworkNames.innerDevice) up
      route add default via \(gateway)

      """
    if let machineSubnet {
      let user = tapUserID.map { " user \($0)" } ?? ""
      text += """
        tuntap add dev \(NetworkNames.tap) mode tap\(user)
        link set dev \(NetworkNames.tap) address \(Self.tapHardwareAddress)
        address add \(machineSubnet.address(at: 1))/\(machineSubnet.prefixLength) dev \(NetworkNames.tap)
        link set dev \(NetworkNames.tap) up

        """
    }
    return text
  }
}
