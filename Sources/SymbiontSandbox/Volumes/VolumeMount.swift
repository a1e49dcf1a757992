import Glibc
import SymbiontCore
import SymbiontSystem

/// Mounts file systems in files, by system calls.
enum VolumeMount {
  private static let directoryMode: mode_t = 0o711
  private static let fileSystem = "ext4"
  /// Its content dies with the sandbox, so nothing needs to survive a loss of power; `noinit_itable` keeps the kernel from
  /// filling the sparse file with zeros.
  private static let options = "nobarrier,\(lastingOptions)"
  private static let lastingOptions = "noinit_itable,errors=remount-ro"
  /// `MS_NOSUID`, `MS_NODEV` and `MS_NOATIME` of `mount(2)`.
  private static let flags: UInt = 2 | 4 | 1_024
  /// `MNT_DETACH` and `UMOUNT_NOFOLLOW` of `umount2(2)`.
  private static let detach: Int32 = 0x2
  private static let doNotFollow: Int32 = 0x8

  /// Mounts a file on a directory, which is made when it is missing.
  ///
  /// One that lasts is written so that a loss of power leaves what was synchronized.
  static func mount(_ file: String, on path: String, isLasting: Bool = false) throws(SandboxError) {
    let options = isLasting ? lastingOptions : options
    try SandboxVolumes.makeDirectory(path, mode: directoryMode)
    do throws(SandboxError) {
      let device = try attach(file)
      let result = withExtendedLifetime(device) { Glibc.mount(device.path, path, fileSystem, flags, options) }
      guard result == 0 else {
        throw .startFailed(reason: "the volume `\(file)` could not be mounted: \(SystemError.last)")
      }
    } catch {
      rmdir(path)
      throw error
    }
  }

  private static func attach(_ file: String) throws(SandboxError) -> LoopDevice {
    let number = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard number >= 0 else {
      throw .startFailed(reason: "the volume `\(file)` could not be opened: \(SystemError.last)")
    }
    do throws(LoopDevice.Failure) { return try LoopDevice(Descriptor(owning: number)) } catch {
      throw sandboxError(error)
    }
  }

  private static func sandboxError(_ failure: LoopDevice.Failure) -> SandboxError {
    switch failure {
    case .unavailable(let error):
      .limitUnenforceable(
        limit: "workspace_mb",
        reason: """
          this machine has no usable loop devices (\(error)): load the kernel module `loop`, and give this process \
          `/dev/loop-control`
          """)
    case .failed(let error):
      .startFailed(reason: "no loop device took the volume: \(error)")
    }
  }

  /// Unmounts a directory, unless somebody uses it, and removes it.
  ///
  /// While it is used its file must not be mounted anew, so it stays where it is seen.
  static func release(_ path: String) throws(SystemError) {
    guard umount2(path, doNotFollow) == 0 else { throw .last }
    guard rmdir(path) == 0 || errno == ENOENT else { throw .last }
  }

  /// Unmounts a directory and removes it; false when there was none.
  static func unmount(_ path: String) throws(SystemError) -> Bool {
    var wasMounted = false
    // Nobody bounds how often something was mounted on it, but we mount once.
    if umount2(path, doNotFollow) == 0 {
      wasMounted = true
    } else {
      switch errno {
      case EINVAL, ENOENT: break
      case EBUSY:
        // Something of the dying sandbox still has a file open; the kernel ends the mount with it.
        guard umount2(path, doNotFollow | detach) == 0 else { throw .last }
        wasMounted = true
      default: throw .last
      }
    }
    guard rmdir(path) == 0 || errno == ENOENT else { throw .last }
    return wasMounted
  }
}
