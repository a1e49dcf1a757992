/// Everything about a machine that must be the same in a snapshot and in what is made of it.
struct MachineShape: Sendable, Hashable, Codable {
  /// How the processors are made.
  enum Accelerator: String, Sendable, Hashable, Codable {
    /// By the hardware, through Linux.
    case kvm
    /// By translation, which works everywhere and is slow.
    case translation = "tcg"
  }

  /// How the processors are made.
  var accelerator: Accelerator
  /// The memory of the machine, in megabytes.
  var memoryMegabytes: Int
  /// The number of processors.
  var processors: Int
  /// Whether it has a disk with the files of an image.
  var hasImage: Bool
  /// Whether it has a network device.
  var hasNetwork: Bool

  private enum CodingKeys: String, CodingKey {
    case accelerator, processors
    case memoryMegabytes = "memory_mb"
    case hasImage = "has_image"
    case hasNetwork = "has_network"
  }
}

extension MachineShape {
  /// What the kernel, its tables and the guest need beside the commands' memory, in megabytes.
  static let reservedMegabytes = 80
  /// Memory is rounded up to a multiple of this, so that limits that are nearly the same share a template.
  static let stepMegabytes = 32
  /// What QEMU itself needs, in megabytes: its own memory and that of devices, and the translated code.
  var overheadMegabytes: Int { accelerator == .kvm ? 96 : 96 + Self.translationMegabytes }
  /// The room for translated code.
  static let translationMegabytes = 64
  /// The processors that a machine has at most, whatever its share of time is.
  static let maximumProcessors = 8

  /// The shape for limits of memory and processor time.
  init(
    accelerator: Accelerator, memoryLimitMegabytes: Int, cores: Double, hasImage: Bool, hasNetwork: Bool
  ) {
    let needed = memoryLimitMegabytes + Self.reservedMegabytes + memoryLimitMegabytes / 32
    self.init(
      accelerator: accelerator,
      memoryMegabytes: (needed + Self.stepMegabytes - 1) / Self.stepMegabytes * Self.stepMegabytes,
      processors: min(max(Int(cores.rounded(.up)), 1), Self.maximumProcessors), hasImage: hasImage,
      hasNetwork: hasNetwork)
  }
}
