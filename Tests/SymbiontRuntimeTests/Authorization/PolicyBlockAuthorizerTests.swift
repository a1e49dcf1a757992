import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime
import Testing

@Suite("policy blocks")
struct PolicyBlockAuthorizerTests {
  /// What the first effect of a program is told, with policies and capabilities in place of `RULES`.
  private func decide(
    _ rules: String, effect: String = "exec(\"git\", \"log\")", amount: Value = 50
  ) async throws -> String {
    let outcome = try await RuntimeFixture().outcome(
      """
      tool count { command ["wc"] output String }
      agent a(amount: any) {
          \(rules)
          try { \(effect); "allowed" } catch (PolicyDenied e) { "denied" } catch (ApprovalDenied e) { "approval " + e.data.group } catch (e) { e.kind }
      }
      """, input: amount)
    return try #require(outcome.value?.stringValue, "\(outcome)")
  }

  @Test("without an allow rule only effects inside the runtime are allowed")
  func defaults() async throws {
    #expect(try await decide("") == "denied")
    #expect(try await decide("", effect: "remember(\"k\", 1)") == "allowed")
    #expect(try await decide("policy p { audit: all }") == "denied")
    #expect(try await decide("policy p { deny: http }") == "denied")
  }

  @Test("with an allow rule whatever it does not match is denied")
  func allow() async throws {
    #expect(try await decide("policy p { allow: exec }") == "allowed")
    #expect(try await decide("policy p { allow: all }") == "allowed")
    #expect(try await decide("policy p { allow: [http, exec] }") == "allowed")
    #expect(try await decide("policy p { allow: exec }", effect: "remember(\"k\", 1)") == "denied")
    #expect(try await decide("policy p { allow: exec }", effect: "now()") == "allowed")
  }

  @Test("patterns compare arguments; a last `any` takes the rest")
  func patterns() async throws {
    #expect(try await decide("policy p { allow: exec(\"git\", any) }") == "allowed")
    #expect(try await decide("policy p { allow: exec(\"git\", \"log\") }") == "allowed")
    #expect(try await decide("policy p { allow: exec(\"git\") }") == "denied")
    #expect(try await decide("policy p { allow: exec(any, \"push\") }") == "denied")
    #expect(try await decide("policy p { allow: exec(any) }") == "allowed")
    #expect(try await decide("policy p { allow: exec(\"rm\", any) }") == "denied")
  }

  @Test("deny beats allow")
  func deny() async throws {
    #expect(try await decide("policy p { allow: all  deny: exec(\"git\", any) }") == "denied")
    #expect(try await decide("policy p { deny: exec(\"rm\", any)  allow: all }") == "allowed")
  }

  @Test("conditions use the parameters; what cannot be decided denies")
  func conditions() async throws {
    let rule = "policy p { allow: exec if amount < 100 }"
    #expect(try await decide(rule, amount: 50) == "allowed")
    #expect(try await decide(rule, amount: 500) == "denied")
    #expect(try await decide(rule, amount: "many") == "denied")
    let missing = "policy p { allow: exec  deny: exec if amount.limit > 5 }"
    #expect(try await decide(missing, amount: ["limit": 3]) == "allowed")
    #expect(try await decide(missing, amount: ["limit": 9]) == "denied")
    #expect(try await decide(missing, amount: [:]) == "denied")
    #expect(
      try await decide("policy p { allow: exec if context.operation == \"exec\" && agent.name == \"a\" }") == "allowed")
  }

  @Test("tools are named by themselves, by `tool` and by a pattern")
  func tools() async throws {
    for rule in ["allow: tool", "allow: count", "allow: tool(\"count\")", "allow: tool(any)"] {
      #expect(try await decide("policy p { \(rule) }", effect: "count()") == "allowed", "\(rule)")
    }
    #expect(try await decide("policy p { allow: tool(\"other\") }", effect: "count()") == "denied")
    #expect(try await decide("policy p { allow: exec }", effect: "count()") == "denied")
  }

  @Test("a required approval that nobody can give is a refusal")
  func approval() async throws {
    let rule = "policy p { allow: all  require: approval(\"ops\") if amount > 100 }"
    #expect(try await decide(rule, amount: 50) == "allowed")
    #expect(try await decide(rule, amount: 500) == "approval ops")
    #expect(try await decide(rule, effect: "recall(\"k\")", amount: 500) == "allowed")
  }

  @Test("files need their capability, whatever the policy says")
  func capabilities() async throws {
    #expect(try await decide("policy p { allow: all }", effect: "read_file(\"x\")") == "denied")
    let granted = "capabilities = [\"FileSystem\"] policy p { allow: all }"
    #expect(try await decide(granted, effect: "read_file(\"x\")") == "FileError")
  }

  @Test("agents named in branches are calls")
  func branches() async throws {
    let rules = "policy p { allow: exec }"
    #expect(try await decide(rules, effect: "parallel([{agent: \"a\", input: 1}])") == "denied")
    #expect(try await decide(rules, effect: "parallel([() => now()])") == "allowed")
  }
}
