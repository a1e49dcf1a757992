internal import SymbiontCore
internal import SymbiontLanguage

/// Decides by the capabilities and policy blocks of the `.symbi` file alone.
///
/// - A capability that the effect needs must be declared.
/// - `deny` beats everything; an undecidable `deny` denies.
/// - With an `allow` rule, whatever no `allow` matches is denied; an undecidable `allow` does not match.
/// - Without any `allow` rule, effects that leave the runtime's own store are denied.
/// - `require: approval(…)` asks for approval of every effect that others could notice.
public struct PolicyBlockAuthorizer: EffectAuthorizer {
  /// Instructions that a condition may use; a longer one is undecidable.
  static let conditionFuel = 100_000

  /// Makes the authorizer.
  public init() {}

  /// Decides, see the type.
  public func authorize(_ request: AuthorizationRequest) async -> AuthorizationDecision {
    Self.decide(request)
  }

  /// The decision as a pure function.
  package static func decide(_ request: AuthorizationRequest) -> AuthorizationDecision {
    if let capability = request.effect.requiredCapability, !request.agent.capabilities.contains(capability) {
      return .deny(reason: "agent `\(request.agent.name)` lacks the capability `\(capability)`")
    }
    var hasAllow = false
    var allowed = false
    var approval: AuthorizationDecision?
    for rule in request.agent.policies {
      switch rule.outcome {
      case .allow:
        hasAllow = true
        if !allowed { allowed = match(rule, request) == .yes }
      case .deny where match(rule, request) != .no:
        return .deny(reason: "rule `deny` of policy `\(rule.policyName)` on line \(rule.position.line)")
      case .require where approval == nil:
        if let group = approvalGroup(rule, request) {
          approval = .requireApproval(
            group: group, reason: "policy `\(rule.policyName)` on line \(rule.position.line)")
        }
      case .deny, .require, .audit: continue
      }
    }
    if hasAllow, !allowed {
      return .deny(reason: "no `allow` rule of agent `\(request.agent.name)` matches")
    }
    if !hasAllow, request.effect.isOutside {
      return .deny(reason: "agent `\(request.agent.name)` has no `allow` rule, and this effect reaches outside")
    }
    return approval ?? .allow
  }

  /// Whether a rule matches; what cannot be decided is its own answer.
  private enum Match {
    case yes, no, undecidable
  }

  private static func match(_ rule: PolicyRuleDescriptor, _ request: AuthorizationRequest) -> Match {
    var best = Match.no
    for subject in rule.subjects {
      let found = match(subject, request)
      if found == .yes { best = .yes }
      if found == .undecidable, best == .no { best = .undecidable }
    }
    guard best != .no, let condition = rule.condition else { return best }
    return both(best, evaluate(condition, request))
  }

  private static func both(_ first: Match, _ second: Match) -> Match {
    if first == .no || second == .no { return .no }
    return first == .yes && second == .yes ? .yes : .undecidable
  }

  private static func match(_ subject: PolicyRuleDescriptor.Subject, _ request: AuthorizationRequest) -> Match {
    switch subject {
    case .all: .yes
    case .operation(let name): names(name, request) ? .yes : .no
    case .call("tool", let patterns) where request.effect == .tool:
      match(patterns, [.string(toolName(request))] + request.arguments, request)
    case .call(let name, let patterns): names(name, request) ? match(patterns, request.arguments, request) : .no
    case .approval, .settings: .no
    }
  }

  /// `tool` means every tool, a tool's own name that tool.
  private static func names(_ name: String, _ request: AuthorizationRequest) -> Bool {
    if name == request.operation { return true }
    guard request.effect == .tool else { return false }
    return name == "tool" || name == toolName(request)
  }

  private static func toolName(_ request: AuthorizationRequest) -> String {
    String(request.operation.dropFirst("tool:".count))
  }

  private static func match(
    _ patterns: [PolicyRuleDescriptor.ArgumentPattern], _ arguments: [Value], _ request: AuthorizationRequest
  ) -> Match {
    var result = Match.yes
    for (index, pattern) in patterns.enumerated() {
      if case .any = pattern {
        if index == patterns.count - 1 { return result }
        guard index < arguments.count else { return .no }
        continue
      }
      guard index < arguments.count else { return .no }
      switch pattern {
      case .any: continue
      case .literal(let value): if value != arguments[index] { return .no }
      case .parameter(let parameter):
        guard parameter < request.parameters.count else { return .undecidable }
        if request.parameters[parameter] != arguments[index] { return .no }
      case .undecidable: result = .undecidable
      }
    }
    return arguments.count > patterns.count ? .no : result
  }

  private static func approvalGroup(_ rule: PolicyRuleDescriptor, _ request: AuthorizationRequest) -> String? {
    guard request.effect.isConsequential else { return nil }
    for case .approval(let group) in rule.subjects {
      guard let condition = rule.condition else { return group }
      return evaluate(condition, request) == .no ? nil : group
    }
    return nil
  }

  private static func evaluate(_ condition: Int, _ request: AuthorizationRequest) -> Match {
    let agent: Record = ["id": .string(request.agentID.description), "name": .string(request.agent.name)]
    let context: Record = [
      "operation": .string(request.operation), "arguments": .array(request.arguments),
      "options": .record(request.options), "execution_id": .string(request.executionID.description),
    ]
    do {
      var machine = try Machine(
        request.program, function: condition, arguments: request.parameters + [.record(agent), .record(context)])
      guard case .completed(.bool(let answer)) = machine.run(request.program, fuel: conditionFuel) else {
        return .undecidable
      }
      return answer ? .yes : .no
    } catch {
      return .undecidable
    }
  }
}
