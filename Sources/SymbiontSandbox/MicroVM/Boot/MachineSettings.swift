import SymbiontCore

/// What the guest of a virtual machine is told of it; `docs/guest-protocol.md` describes the settings.
enum MachineSettings {
  private enum Tag {
    static let volume: UInt16 = 64
    static let root: UInt16 = 65
    static let limits: UInt16 = 66
    static let network: UInt16 = 67
    static let hosts: UInt16 = 68
  }

  private enum RootKind {
    static let machine: UInt8 = 0
    static let image: UInt8 = 1
    static let writableImage: UInt8 = 2
  }

  /// The settings in the order in which they must be applied: disks before what is on them, the root before its files.
  static func settings(for launch: SandboxLaunch, volumeBytes: Int) -> [GuestSetting] {
    var settings = [
      GuestSetting(
        tag: Tag.volume, value: bytes(UInt64(volumeBytes)) + Array(MachineArguments.volumeName.utf8)),
      GuestSetting(
        tag: Tag.root,
        value: [rootKind(launch.root)] + bytes(UInt32(clamping: launch.limits.temporaryMegabytes))),
      GuestSetting(
        tag: Tag.limits,
        value: bytes(UInt64(clamping: launch.limits.resources.memoryBytes))
          + bytes(UInt32(clamping: launch.limits.processes))),
    ]
    guard let network = launch.network else { return settings }
    settings.append(GuestSetting(tag: Tag.network, value: Array("\(network.address) \(network.gateway)".utf8)))
    settings.append(GuestSetting(tag: Tag.hosts, value: Array(hostsText(network.hosts).utf8)))
    return settings
  }

  /// The text of `/etc/hosts`.
  static func hostsText(_ hosts: [String: [String]]) -> String {
    let lines = hosts.sorted { $0.key < $1.key }.flatMap { name, addresses in addresses.map { "\($0) \(name)\n" } }
    return "127.0.0.1 localhost\n::1 localhost\n" + lines.joined()
  }

  private static func rootKind(_ root: SandboxLaunch.Root) -> UInt8 {
    switch root {
    case .machine: RootKind.machine
    case .image(_, let isWritable): isWritable ? RootKind.writableImage : RootKind.image
    }
  }

  private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
