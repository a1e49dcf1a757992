import Testing

@testable import SymbiontLanguage

@Suite("A program carries its declarations as data")
struct DescriptorTests {
  private func program(_ text: String) throws -> Program { try ProgramRunner.executable(text).program }

  @Test("an agent's parameters, result, capabilities and settings")
  func agent() throws {
    let program = try program(
      """
      type Order = { id: String, lines: Array<Line> }
      type Line = { price: float, next: Optional<Line> }
      agent main(order: Order, n) -> Map<String, int> {
        capabilities: [FileSystem, "Network", FileSystem]
        with sandbox = "tier2", memory = "persistent", timeout = 1.5m { return {}; }
      }
      """)
    let agent = program.agents[0]
    #expect(agent.name == "main")
    #expect(agent.parameters == [.init(name: "order", type: .named(0)), .init(name: "n", type: .any)])
    #expect(agent.result == .map(key: .string, value: .int))
    #expect(agent.capabilities == ["FileSystem", "Network"])
    #expect(
      agent.settings
        == Record([("sandbox", .string("tier2")), ("memory", .string("persistent")), ("timeout", .int(90))]))
    #expect(program.functions[agent.function].parameterCount == 2)
    let line: Value = .record(Record([("price", .int(1)), ("next", .record(Record([("price", .string("x"))])))]))
    let order: Value = .record(Record([("id", .string("a")), ("lines", .array([line]))]))
    let mismatch = program.types.validate(order, as: .named(0))
    #expect(mismatch?.description == "input.lines[0].next.price: expected float, found String")
  }

  @Test("policy rules of the file and of the agent, with their conditions as code")
  func policies() throws {
    let text = """
      policy shared { deny: http(any) if amount > 100  audit: all }
      agent main(amount: int, path: String) {
        policy own {
          allow: [exec("git", any), read_file(path), "send"]
          require: approval("ops") if amount > 5 && agent.name == "main" && context.hour < 20
          require: { rate_limit: "500/minute" }
        }
        1
      }
      agent other { 2 }
      """
    let executable = try ProgramRunner.executable(text)
    let rules = executable.program.agents[0].policies
    #expect(rules.map(\.outcome) == [.deny, .audit, .allow, .require, .require])
    #expect(rules.map(\.policyName) == ["shared", "shared", "own", "own", "own"])
    #expect(rules[0].subjects == [.call("http", [.any])])
    #expect(rules[1].subjects == [.all])
    #expect(
      rules[2].subjects == [
        .call("exec", [.literal(.string("git")), .any]), .call("read_file", [.parameter(1)]), .operation("send"),
      ])
    #expect(rules[3].subjects == [.approval("ops")])
    #expect(rules[4].subjects == [.settings(Record([("rate_limit", .string("500/minute"))]))])
    #expect(rules[2].position.line == 4)

    func decide(_ rule: PolicyRuleDescriptor, _ arguments: [Value]) throws -> MachineStep {
      let function = try #require(rule.condition)
      var machine = try Machine(executable, function: function, arguments: arguments)
      return machine.run(executable, fuel: ProgramRunner.fuel)
    }
    let agent: Value = .record(Record([("name", .string("main"))]))
    let context: Value = .record(Record([("hour", .int(9))]))
    #expect(try decide(rules[0], [.int(101), .null, agent, context]) == .completed(.bool(true)))
    #expect(try decide(rules[3], [.int(6), .null, agent, context]) == .completed(.bool(true)))
    #expect(try decide(rules[3], [.int(5), .null, agent, context]) == .completed(.bool(false)))
    guard case .failed = try decide(rules[3], [.int(6), .null, agent, .record(Record())]) else {
      Issue.record("a missing field must not be decided")
      return
    }
    // An agent without the parameter cannot decide the file's rule.
    let other = executable.program.agents[1].policies
    #expect(other.map(\.policyName) == ["shared", "shared"])
    guard case .failed(let error) = try decide(other[0], [agent, context]) else {
      Issue.record("a missing parameter must not be decided")
      return
    }
    #expect(error.kind == "FieldError")
    #expect(error.message == "agent `other` has no parameter `amount`")
  }

  @Test("tools, metadata and the declarative blocks")
  func declarations() throws {
    let program = try program(
      """
      metadata { version = "1.0", tags: ["a", b], limits { }  }
      tool count_words {
        description "Counts the words of a text"
        command     ["wc", "-w"]
        input       text: String -> stdin
        input       level: Optional<int> -> env(LEVEL)
        input       path: String
        timeout     10s
        idempotent  true
        output      int
      }
      schedule nightly { cron: "0 2 * * *"  agent: main }
      memory notes { store markdown  search { limit 5 } }
      webhook hook { path "/x"  filter { kind: "push" } }
      channel team { retention: 30d  policy p { deny: send(secret) } }
      agent main { 1 }
      """.replacing(", limits { }", with: ""))
    #expect(
      program.declarations.metadata
        == Record([("version", .string("1.0")), ("tags", .array([.string("a"), .string("b")]))]))
    let tool = program.tools[0]
    #expect(tool.summary == "Counts the words of a text")
    #expect(tool.command == ["wc", "-w"])
    #expect(tool.inputs.map(\.target) == [.standardInput, .environment("LEVEL"), .argument])
    #expect(tool.inputs.map(\.type) == [.string, .optional(.int), .string])
    #expect(tool.output == .int)
    #expect(tool.timeoutSeconds == 10)
    #expect(tool.isIdempotent)
    #expect(
      program.declarations.schedules
        == [.init(name: "nightly", settings: Record([("cron", .string("0 2 * * *")), ("agent", .string("main"))]))])
    #expect(
      program.declarations.memories[0].settings
        == Record([("store", .string("markdown")), ("search", .record(Record([("limit", .int(5))])))]))
    #expect(program.declarations.webhooks[0].settings["filter"] == .record(Record([("kind", .string("push"))])))
    let channel = program.declarations.channels[0]
    #expect(channel.settings["retention"] == .int(2_592_000))
    #expect(channel.policies.map(\.subjects) == [[.call("send", [.undecidable("secret")])]])
  }
}
