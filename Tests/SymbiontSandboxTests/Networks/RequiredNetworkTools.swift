import Foundation
import Glibc
import Testing

/// Says whether tests that make network namespaces can run.
///
/// In CI they always do, so that nothing is skipped there.
enum RequiredNetworkTools {
  static let missing = ["ip", "nft", "tc", "unshare"].filter { name in
    !["/usr/sbin", "/usr/bin", "/sbin", "/bin"].contains { access("\($0)/\(name)", X_OK) == 0 }
  }

  static var areHere: Bool {
    (missing.isEmpty && geteuid() == 0) || ProcessInfo.processInfo.environment["CI"] != nil
  }
}

extension Trait where Self == ConditionTrait {
  /// The suite makes network namespaces.
  static var needsNetworkTools: Self {
    .enabled(
      if: RequiredNetworkTools.areHere,
      "\(RequiredNetworkTools.missing) are not installed (run `scripts/setup`), or the tests do not run as root")
  }
}
