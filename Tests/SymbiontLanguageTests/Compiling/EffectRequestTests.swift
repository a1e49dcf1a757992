import Testing

@testable import SymbiontLanguage

@Suite("Effects ask for what the program wrote")
struct EffectRequestTests {
  @Test("positional arguments come first, named ones become options")
  func options() throws {
    let (step, requests) = try ProgramRunner.run(
      "let out = exec(\"git\", \"log\", \"-1\", timeout: 5s, env: {A: \"b\"}); out.exit_code",
      outcomes: [.value(.record(Record([("exit_code", .int(3))])))])
    #expect(step == .completed(.int(3)))
    let request = try #require(requests.first)
    #expect(request.effect == .exec)
    #expect(request.arguments == [.string("git"), .string("log"), .string("-1")])
    #expect(request.options == Record([("timeout", .int(5)), ("env", .record(Record([("A", .string("b"))])))]))
    #expect(request.position.line == 2)
  }

  @Test("a parameter given by name takes its place, whatever the order")
  func namedParameters() throws {
    let (_, requests) = try ProgramRunner.run(
      "log(fields: {a: 1}, text: \"t\", level: \"info\"); recall(\"k\", default: 5)")
    #expect(requests[0].arguments == [.string("info"), .string("t"), .record(Record([("a", .int(1))]))])
    #expect(requests[0].options.isEmpty)
    #expect(requests[1].arguments == [.string("k"), .int(5)])
  }

  @Test("named arguments are evaluated in the order in which they are written")
  func evaluationOrder() throws {
    let (_, requests) = try ProgramRunner.run(
      "write_file(content: recall(\"first\"), path: recall(\"second\"))",
      outcomes: [.value(.string("c")), .value(.string("p"))])
    #expect(requests.map(\.effect) == [.recall, .recall, .writeFile])
    #expect(requests[0].arguments == [.string("first")])
    #expect(requests[2].arguments == [.string("p"), .string("c")])
  }

  @Test("a failed effect is caught like any error")
  func failures() throws {
    let denied = ProgramError(kind: "PolicyDenied", message: "no")
    let (step, _) = try ProgramRunner.run(
      "try { http(\"GET\", \"https://x\") } catch (PolicyDenied e) { e.message }", outcomes: [.failure(denied)])
    #expect(step == .completed(.string("no")))
  }

  @Test("agents are named by a word or a text")
  func agentNames() throws {
    let source = """
      agent judge { 1 }
      agent main {
        let a = judge;
        call(judge, {n: 1}); spawn("judge"); send(elsewhere, 1); ask(a, 2)
      }
      """
    let (_, requests) = try ProgramRunner.run(source)
    #expect(requests.map(\.effect) == [.call, .spawn, .send, .ask])
    #expect(requests.map { $0.arguments[0] } == ["judge", "judge", "elsewhere", "judge"].map { .string($0) })
  }

  @Test("effects work as methods, as values and inside inlined lambdas")
  func effectsAsValues() throws {
    let (step, requests) = try ProgramRunner.run(
      "let f = recall; [\"a\".recall(), f(\"b\"), map([\"c\", \"d\"], recall), map([\"e\"], k => recall(k, 0))]",
      outcomes: (1...5).map { .value(.int($0)) })
    #expect(requests.map { $0.arguments[0] } == ["a", "b", "c", "d", "e"].map { .string($0) })
    #expect(step == .completed(.array([.int(1), .int(2), .array([.int(3), .int(4)]), .array([.int(5)])])))
  }

  @Test("a tool of the file and one of the project are called by number")
  func tools() throws {
    let project = ToolDescriptor(
      name: "lint", command: ["lint"], inputs: [.init(name: "path", type: .string, target: .argument)])
    let unused = ToolDescriptor(name: "unused", command: ["unused"])
    let source = """
      tool word_count { command ["wc", "-w"] input text: String -> stdin output int }
      agent main { [word_count("a b"), lint(path: "x"), word_count(text: "c")] }
      """
    let options = CompilerOptions(tools: [unused, project])
    let (_, requests) = try ProgramRunner.run(source, options: options)
    #expect(requests.map(\.tool) == [0, 1, 0])
    #expect(requests.map(\.arguments) == [[.string("a b")], [.string("x")], [.string("c")]])
    #expect(try ProgramRunner.executable(source, options: options).program.tools.map(\.name) == ["word_count", "lint"])
  }

  @Test("secrets pass as references")
  func secrets() throws {
    let (_, requests) = try ProgramRunner.run(
      "http(\"GET\", \"https://x\", headers: {Authorization: vault://team/token})")
    let headers = try #require(requests[0].options["headers"])
    #expect(headers == .record(Record([("Authorization", .secret(SecretReference(path: "team/token")))])))
  }
}
