import SymbiontCore
import Testing

@Suite("Agents on the wire")
struct AgentWireTests {
  @Test("an unknown state is refused, not kept")
  func unknownState() {
    expectRefused(AgentState.self, #""Sleeping""#, because: "Sleeping")
    expectRefused(AgentState.self, #""running""#, because: "running")
    #expect(throws: DecodingError.self) { try WireForm.value(AgentState.self, from: "3") }
  }

  @Test("the states are the names of the specification")
  func states() throws {
    let names = [
      "Created", "Initializing", "Ready", "Running", "Suspended", "Waiting", "Completed", "Failed", "Terminating",
      "Terminated",
    ]
    #expect(AgentState.allCases.map(\.rawValue) == names)
    for state in AgentState.allCases { try expectWire(state, "\"\(state.rawValue)\"") }
  }

  @Test(
    "a mode that is not one of the four, or has the wrong shape, is refused",
    arguments: [
      (#""persistent""#, "ExecutionMode has no case `persistent` without a payload"),
      (#""Scheduled""#, "no case `Scheduled` without a payload"),
      (#"{"Persistent":null}"#, "no case `Persistent` with a payload"),
      (#"{"Persistent":{}}"#, "no case `Persistent` with a payload"),
      (#"{}"#, "found 0 keys"),
      (#"{"Cron":{"at":1}}"#, "no case `Cron` with a payload"),
      (#"{"Scheduled":{"interval":60},"Persistent":{}}"#, "found 2 keys"),
      (#"{"Scheduled":{"interval":-60}}"#, "expected a number of seconds from 0 to 315576000000, found `-60`"),
    ])
  func unknownMode(_ json: String, _ message: String) {
    expectRefused(ExecutionMode.self, json, because: message)
  }

  @Test("a schedule without its interval is refused")
  func missingInterval() {
    #expect(throws: DecodingError.self) { try WireForm.value(ExecutionMode.self, from: #"{"Scheduled":{}}"#) }
    #expect(throws: DecodingError.self) { try WireForm.value(ExecutionMode.self, from: #"{"Scheduled":60}"#) }
    #expect(throws: DecodingError.self) { try WireForm.value(ExecutionMode.self, from: "[]") }
    #expect(throws: DecodingError.self) { try WireForm.value(ExecutionMode.self, from: "null") }
  }

  @Test("modes are externally tagged")
  func modes() throws {
    try expectWire(ExecutionMode.persistent, #""Persistent""#)
    try expectWire(ExecutionMode.ephemeral, #""Ephemeral""#)
    try expectWire(ExecutionMode.eventDriven, #""EventDriven""#)
    try expectWire(ExecutionMode.scheduled(interval: .seconds(60)), #"{"Scheduled":{"interval":60}}"#)
    try expectWire(ExecutionMode.scheduled(interval: .milliseconds(1_500)), #"{"Scheduled":{"interval":1.5}}"#)
  }

  @Test("priorities are names on the wire, and numbers in order")
  func priorities() throws {
    for (name, priority, number) in [
      ("Low", Priority.low, 1), ("Normal", .normal, 2), ("High", .high, 3), ("Critical", .critical, 4),
    ] {
      try expectWire(priority, "\"\(name)\"")
      #expect(priority.rawValue == number)
    }
    #expect(Priority.allCases.sorted() == [.low, .normal, .high, .critical])
    expectRefused(
      Priority.self, #""Urgent""#, because: "expected one of `Low`, `Normal`, `High`, `Critical`, found `Urgent`")
    #expect(throws: DecodingError.self) { try WireForm.value(Priority.self, from: "4") }
  }

  @Test("a capability of a newer version is kept by its name, and never is a known one")
  func capabilities() throws {
    try expectWire(Capability.fileSystem, #""FileSystem""#)
    try expectWire(Capability.network, #""Network""#)
    try expectWire(Capability.database, #""Database""#)
    try expectWire(Capability.custom("gpu"), #"{"Custom":"gpu"}"#)
    try expectWire(Capability.custom("Network"), #"{"Custom":"Network"}"#)
    try expectWire(Capability.unrecognized("Quantum"), #""Quantum""#)
    #expect(Capability(name: "FileSystem") == .fileSystem)
    #expect(Capability(name: "gpu") == .custom("gpu"))
    expectRefused(Capability.self, #"{"Other":"gpu"}"#, because: "Capability has no case `Other` with a payload")
    #expect(throws: DecodingError.self) { try WireForm.value(Capability.self, from: #"{"Custom":7}"#) }
  }

  @Test("the agent of the specification's example")
  func configuration() throws {
    let config = AgentConfig(
      id: SampleID.agent, name: "example_agent", dslSource: "agent logic", executionMode: .persistent,
      securityTier: .tier2, capabilities: [.fileSystem, .network])
    let json = """
      {"id":"0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77","name":"example_agent","dsl_source":"agent logic",
       "execution_mode":"Persistent","security_tier":"Tier2",
       "resource_limits":{"memory_mb":512,"cpu_cores":1,"disk_io_mbps":50,"network_io_mbps":10,
                          "execution_timeout":3600,"idle_timeout":300},
       "capabilities":["FileSystem","Network"],"policies":[],"metadata":{},"priority":"Normal"}
      """
    try expectWire(config, json)
    try expectWire(
      AgentInstance(
        id: config.id, config: config, state: .waiting, createdAt: .epoch, lastUpdated: .epoch + .milliseconds(1_500),
        executionCount: 3, errorCount: 2, restartCount: 1),
      """
      {"id":"0197f2a4-7c1e-7b3a-9d52-1f6c0a8e4b77","config":\(json),"state":"Waiting",
       "created_at":"1970-01-01T00:00:00Z","last_updated":"1970-01-01T00:00:01.500Z",
       "execution_count":3,"error_count":2,"restart_count":1}
      """)
  }

  @Test("a configuration needs an id, a name and a source; the rest has defaults")
  func defaults() throws {
    let json = #"{"id":"00000000-0000-0000-0000-000000000001","name":"a","dsl_source":"s"}"#
    #expect(try WireForm.value(from: json) == AgentConfig(id: SampleID.other, name: "a", dslSource: "s"))
    for missing in ["id", "name", "dsl_source"] {
      let damaged = json.replacing("\"\(missing)\"", with: "\"x\"")
      #expect(throws: DecodingError.self) { try WireForm.value(AgentConfig.self, from: damaged) }
    }
  }
}
