import Foundation
import Glibc
import Testing

extension Trait where Self == ConditionTrait {
  /// The test starts containers.
  ///
  /// In CI it always runs, so that nothing is skipped there.
  static var needsRunc: Self {
    let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]
    let isHere = directories.contains { access("\($0)/runc", X_OK) == 0 } && geteuid() == 0
    return .enabled(
      if: isHere || ProcessInfo.processInfo.environment["CI"] != nil,
      "runc is not installed (run `scripts/setup`), or the tests do not run as root")
  }

  /// The test mounts file systems.
  static var needsRoot: Self {
    .enabled(if: geteuid() == 0 || ProcessInfo.processInfo.environment["CI"] != nil, "the tests do not run as root")
  }
}
