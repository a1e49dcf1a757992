import Foundation
import Glibc
import SymbiontSystem
import Testing

/// Says whether tests that need the real engine can run.
///
/// In CI they always do, so that nothing is skipped there.
enum RequiredEngine {
  static let directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]

  static let path = directories.map { directory -> String in "\(directory)/runc" }.first { access($0, X_OK) == 0 }

  static var isHere: Bool {
    (path != nil && geteuid() == 0) || ProcessInfo.processInfo.environment["CI"] != nil
  }
}

extension Trait where Self == ConditionTrait {
  /// The suite starts containers.
  static var needsRunc: Self {
    .enabled(if: RequiredEngine.isHere, "runc is not installed (run `scripts/setup`), or the tests do not run as root")
  }
}
