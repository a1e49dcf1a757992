import FoundationEssentials
import Glibc
import SymbiontSystem

/// Finds out how processors are made on this machine.
///
/// That `/dev/kvm` is there does not mean that a machine starts on it, so one is started, once in a boot of this machine.
enum AcceleratorDetection {
  /// What was found out, and why.
  struct Finding: Sendable, Hashable, Codable {
    /// The boot that it holds for.
    var bootID: String
    var accelerator: MachineShape.Accelerator
    /// Why the hardware is not used; nil when it is.
    var reason: String?

    private enum CodingKeys: String, CodingKey {
      case bootID = "boot_id"
      case accelerator, reason
    }
  }

  static let devicePath = "/dev/kvm"
  /// A machine that the hardware runs has started long before.
  static let patience = Duration.seconds(15)

  /// The group that may use the device; nil when only root, or everybody, may.
  static var deviceGroup: UInt32? {
    var status = stat()
    guard stat(devicePath, &status) == 0, status.st_gid != 0, status.st_mode & 0o060 == 0o060 else { return nil }
    return status.st_gid
  }

  /// Why there is no point in trying; nil when there is.
  static var obstacle: String? {
    var status = stat()
    guard stat(devicePath, &status) == 0 else { return "there is no `\(devicePath)`" }
    guard deviceGroup != nil || status.st_mode & 0o006 == 0o006 else {
      return "`\(devicePath)` is for root alone, as whom QEMU is never run: give it to a group that may read and write"
    }
    return nil
  }

  /// The boot of this machine.
  static var bootID: String {
    KernelFile.text("/proc/sys/kernel/random/boot_id").split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
  }

  /// What was found out in this boot; nil when it was not tried.
  static func remembered(_ path: String) -> Finding? {
    guard let data = FileManager.default.contents(atPath: path),
      let finding = try? JSONDecoder().decode(Finding.self, from: data), finding.bootID == bootID
    else { return nil }
    return finding
  }

  /// Keeps what was found out; that it cannot be kept only means another try.
  static func remember(_ finding: Finding, at path: String) {
    guard let data = try? JSONEncoder().encode(finding) else { return }
    try? data.write(to: URL(filePath: path), options: .atomic)
  }
}
