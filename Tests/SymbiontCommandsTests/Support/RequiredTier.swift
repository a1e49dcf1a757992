import Foundation
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
  /// The test starts sandboxes of gVisor.
  ///
  /// In CI it always runs, so that nothing is skipped there.
  static var needsRunsc: Self { needs("runsc") }

  /// The test starts virtual machines.
  static var needsQEMU: Self { needs("qemu-system-x86_64") }

  private static func needs(_ program: String) -> Self {
    let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
    let isHere = directories.contains { access("\($0)/\(program)", X_OK) == 0 } && geteuid() == 0
    return .enabled(
      if: isHere || ProcessInfo.processInfo.environment["CI"] != nil,
      "\(program) is not installed (run `scripts/setup`), or the tests do not run as root")
  }
}
