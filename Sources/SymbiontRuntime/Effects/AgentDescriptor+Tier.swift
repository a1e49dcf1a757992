internal import SymbiontCore
internal import SymbiontLanguage

extension AgentDescriptor {
  /// The tier that the program asks for with `sandbox`; the weakest when it does not.
  var tier: SecurityTier {
    guard case .string(let name)? = settings["sandbox"] else { return .tier1 }
    return SecurityTier.allCases.first { "tier\($0.rawValue)" == name } ?? .tier3
  }
}
