import SymbiontCore
import Testing

@Suite("Errors")
struct ErrorCatalogTests {
  @Test("no two kinds of error have the same code")
  func uniqueCodes() {
    let codes = ErrorCatalog.entries.map(\.code)
    let repeated = Dictionary(grouping: codes) { $0 }.filter { $0.value.count > 1 }.keys
    #expect(repeated.isEmpty)
  }

  @Test("every code is in upper case with underscores, and is found in the catalogue")
  func codeForm() {
    for entry in ErrorCatalog.entries {
      #expect(entry.code.wholeMatch(of: /[A-Z][A-Z0-9]*(_[A-Z0-9]+)*/) != nil, "\(entry.code)")
      #expect(ErrorCatalog.entry(for: entry.code) == entry)
    }
    #expect(ErrorCatalog.entry(for: "NO_SUCH_CODE") == nil)
  }

  @Test("every explanation is made of whole sentences and fits a row of the table")
  func explanations() {
    for entry in ErrorCatalog.entries {
      #expect(entry.explanation.hasSuffix("."), "\(entry.code)")
      #expect(entry.explanation.first?.isUppercase == true, "\(entry.code)")
      #expect(!entry.explanation.contains { $0 == "|" || $0.isNewline }, "\(entry.code)")
    }
    let rows = ErrorCatalog.markdown.split(separator: "\n")
    #expect(rows.count == ErrorCatalog.entries.count + 2)
    #expect(rows.contains { $0.hasPrefix("| `AGENT_NOT_FOUND` | lifecycle | no | ") })
  }

  @Test("each case of each error has the kind of its own name")
  func kinds() {
    expectComplete(ErrorSamples.lifecycle)
    expectComplete(ErrorSamples.resource)
    expectComplete(ErrorSamples.communication)
    expectComplete(ErrorSamples.security)
    expectComplete(ErrorSamples.scheduler)
    expectComplete(ErrorSamples.errorHandler)
    expectComplete(ErrorSamples.configuration)
    expectComplete(ErrorSamples.policy)
    expectComplete(ErrorSamples.sandbox)
    expectComplete(ErrorSamples.audit)
  }

  @Test("every message begins in lower case, is one line and has no full stop", arguments: ErrorSamples.all)
  func messages(_ error: any CodedError) {
    let message = error.message
    #expect(message.first?.isLowercase == true || message.first == "`", "\(message)")
    #expect(!message.contains { $0.isNewline }, "\(message)")
    #expect(!message.hasSuffix("."), "\(message)")
    #expect(!message.contains("  "), "\(message)")
    #expect("\(error)" == message)
    #expect(ErrorCatalog.entry(for: error.code)?.isRetryable == error.isRetryable)
  }

  @Test("a message keeps hostile input on one line, in its quotation, and short")
  func hostileInput() {
    let path = "../`\n\u{1B}[31m" + String(repeating: "x", count: 100_000)
    let message = SandboxError.pathEscapesWorkspace(path: path).message
    #expect(message.hasPrefix(#"the path `../\u{60}\u{a}\u{1b}[31mxxx"#))
    #expect(message.utf8.count < 300)
  }

  @Test("an error of the runtime is the error of its component")
  func runtimeErrors() {
    let inner = LifecycleError.limitReached(maxAgents: 3)
    let outer = RuntimeError.lifecycle(inner)
    #expect(outer.code == "AGENT_LIMIT_REACHED")
    #expect(outer.message == inner.message)
    #expect(outer.isRetryable)
    let fault = RuntimeError.internal("no row")
    #expect(fault.code == "INTERNAL_ERROR")
    #expect(!fault.isRetryable)
    #expect(fault.message == "a fault of the runtime, please report it: no row")
    #expect(ErrorCatalog.entry(for: fault.code) != nil)
  }

  @Test("the codes that answers of the specification show are these")
  func specifiedCodes() {
    let id = AgentID()
    #expect(LifecycleError.agentNotFound(agentID: id).code == "AGENT_NOT_FOUND")
    #expect(ResourceError.insufficientResources(requirements: "2 cores").code == "RESOURCE_INSUFFICIENT")
    #expect(LifecycleError.agentNotFound(agentID: id).message.contains("`\(id)`"))
  }

  @Test("what is kept of an error survives its JSON")
  func records() throws {
    try expectWire(
      ErrorRecord(SchedulerError.queueFull(maxSize: 5)),
      """
      {"code":"TASK_QUEUE_FULL","retryable":true,
       "message":"the queue already holds 5 tasks, its maximum: try again later, or raise `task_queue_size`"}
      """)
  }

  private func expectComplete<Failure: CataloguedError>(
    _ samples: [Failure], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(samples.map(\.kind) == Array(Failure.Kind.allCases), sourceLocation: sourceLocation)
    for sample in samples {
      // Only a case with a payload shows its name in a mirror; the order of the samples covers the others.
      guard let name = Mirror(reflecting: sample).children.first?.label else { continue }
      #expect(name == "\(sample.kind)", sourceLocation: sourceLocation)
    }
  }
}
