/// The command line of QEMU for a machine.
///
/// Nothing on it is a name that leads to a file of the sandbox: those are descriptors that QEMU inherits.
struct MachineArguments: Sendable, Hashable {
  /// Numbers of inherited descriptors.
  struct Descriptors: Sendable, Hashable {
    var guest: Int32
    var control: Int32
    var console: Int32
    var memory: Int32
    /// The file of the volume, opened twice: QEMU takes the one with the rights that it needs.
    var volumeReading: Int32
    var volumeWriting: Int32
    var image: Int32?
    var tap: Int32?
  }

  /// What the machine is.
  var shape: MachineShape
  /// The program.
  var program: String
  /// The kernel and its initial files.
  var kernelPath: String
  var initialFilesPath: String
  /// Whether the memory file is changed by the machine; otherwise it sees its own copy of what it changes.
  var sharesMemory: Bool
  /// Whether it waits for the state of another machine instead of starting.
  var isIncoming: Bool
  /// Bytes a second of its disks together; 0 is no bound.
  var diskBytesPerSecond: Int
  var descriptors: Descriptors

  /// The name of the disk with the workspace, in QEMU and as its serial number in the machine.
  static let volumeName = "volume"
  /// The name of the disk with the image's files.
  static let imageName = "root"
  /// What the disks are bounded as.
  static let diskGroup = "disks"
  private static let linkAddress = "52:54:00:53:59:4d"
  private static let sandboxRules =
    "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

  /// What the kernel is told.
  ///
  /// Under translation the kernel cannot measure its clock and would wait for ever.
  static func kernelCommandLine(_ accelerator: MachineShape.Accelerator) -> String {
    let common = "console=ttyS0 quiet panic=-1 reboot=t"
    let clock = accelerator == .translation ? " tsc_early_khz=2000000 no_timer_check" : ""
    return "\(common)\(clock) -- --device /dev/vport0p1"
  }

  /// The words of the command line, the program first.
  var words: [String] {
    [
      program, "-name", "symbiont", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
      "-sandbox", Self.sandboxRules,
    ] + machine + channels + disks + network + (isIncoming ? ["-incoming", "defer"] : [])
  }

  private var machine: [String] {
    let acceleration = shape.accelerator == .kvm ? "kvm" : "tcg,tb-size=\(MachineShape.translationMegabytes)"
    let memory = [
      "memory-backend-file", "id=memory", "size=\(shape.memoryMegabytes)M",
      "mem-path=/proc/self/fd/\(descriptors.memory)", "share=\(sharesMemory ? "on" : "off")",
    ]
    return [
      "-M", "microvm,pit=on,pic=on,rtc=on,isa-serial=on,acpi=on,memory-backend=memory", "-accel", acceleration,
      "-cpu", shape.accelerator == .kvm ? "host" : "max", "-smp", "\(shape.processors)",
      "-m", "\(shape.memoryMegabytes)", "-object", memory.joined(separator: ","),
      "-kernel", kernelPath, "-initrd", initialFilesPath,
      "-append", Self.kernelCommandLine(shape.accelerator),
    ]
  }

  private var channels: [String] {
    [
      "-chardev", "socket,id=control,fd=\(descriptors.control)", "-mon", "chardev=control,mode=control",
      "-chardev", "socket,id=console,fd=\(descriptors.console)", "-serial", "chardev:console",
      "-chardev", "socket,id=guest,fd=\(descriptors.guest)", "-device", "virtio-serial-device",
      "-device", "virtserialport,chardev=guest,id=guest,name=symbiont.guest",
    ]
  }

  private var disks: [String] {
    let throttle = "throttling.group=\(Self.diskGroup),throttling.bps-total=\(diskBytesPerSecond)"
    var words = [
      "-add-fd", "fd=\(descriptors.volumeWriting),set=1", "-add-fd", "fd=\(descriptors.volumeReading),set=1",
      "-drive",
      "file=/dev/fdset/1,if=none,id=\(Self.volumeName),format=raw,file.locking=off,discard=unmap,"
        + throttle,
      "-device", "virtio-blk-device,drive=\(Self.volumeName),serial=\(Self.volumeName)",
    ]
    if let image = descriptors.image {
      words += [
        "-add-fd", "fd=\(image),set=2",
        "-drive", "file=/dev/fdset/2,if=none,id=\(Self.imageName),format=raw,file.locking=off,readonly=on,\(throttle)",
        "-device", "virtio-blk-device,drive=\(Self.imageName),serial=\(Self.imageName)",
      ]
    }
    return words
  }

  /// A template has a device that leads nowhere, with the same abilities as the one that takes its place.
  private var network: [String] {
    guard shape.hasNetwork else { return [] }
    let backend = descriptors.tap.map { "tap,id=network,fd=\($0),vhost=off" } ?? "hubport,id=network,hubid=0"
    return ["-netdev", backend, "-device", "virtio-net-device,netdev=network,mac=\(Self.linkAddress),\(Self.offloads)"]
  }

  private static let offloads = [
    "csum", "gso", "guest_csum", "guest_tso4", "guest_tso6", "guest_ecn", "guest_ufo", "host_tso4", "host_tso6",
    "host_ecn", "host_ufo", "mrg_rxbuf",
  ].map { "\($0)=off" }.joined(separator: ",")
}

/// How QEMU is put into its corner before it starts: another user without any right, and no network.
struct MachineConfinement: Sendable, Hashable {
  /// The user and group.
  var userID: UInt32
  /// The group that may use `/dev/kvm`, if that is needed.
  var accelerationGroup: UInt32?

  /// The words before the program's own.
  var words: [String] {
    let groups = accelerationGroup.map { ["--groups", "\($0)"] } ?? ["--clear-groups"]
    return [
      "unshare", "--net", "--ipc", "--", "setpriv", "--reuid", "\(userID)", "--regid", "\(userID)",
    ] + groups + ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
  }
}
