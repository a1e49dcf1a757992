// The whole life of an agent, after "Complete Agent Lifecycle" of the specification, on the public products alone.
//
// The runtime opens its components on one store, here in memory, and hands them out.
import Foundation
import SymbiontCore
import SymbiontMessaging
import SymbiontRecovery
import SymbiontResources
import SymbiontRuntime
import SymbiontScheduling

let workspaces = FileManager.default.temporaryDirectory.appendingPathComponent("agent-lifecycle-\(UUID())").path
let runtime = try await Runtime.open(RuntimeConfiguration(inMemoryWithWorkspaces: workspaces))
async let running: Void = runtime.run()
guard let resourceManager = runtime.resources, let scheduler = runtime.scheduler, let bus = runtime.bus,
  let errorHandler = runtime.errorHandler
else {
  fatalError("a component could not be opened; the log says why")
}
let lifecycleController = runtime.lifecycle
try await errorHandler.registerStrategy(.systemError, strategy: .restart(preserveState: true))

// The program takes the next message and gives back what it says.
let agentConfig = AgentConfig(
  id: AgentID(), name: "example_agent",
  dslSource: """
    agent example_agent {
        let message = receive(timeout: 10s);
        message.payload
    }
    """,
  executionMode: .persistent, securityTier: .tier2,
  resourceLimits: ResourceLimits(
    memoryMegabytes: 512, cpuCores: 1, diskMegabytesPerSecond: 50, networkMegabytesPerSecond: 10,
    executionTimeout: .seconds(3_600), idleTimeout: .seconds(300)),
  capabilities: [.fileSystem, .network], priority: .normal)

let agent = try await lifecycleController.createAgent(agentConfig)
print("Created agent: \(agent.id)")

try await resourceManager.allocateResources(agent.id, limits: agentConfig.resourceLimits)
print("Allocated resources for agent: \(agent.id)")

try await bus.registerAgent(agent.id, capabilities: agentConfig.capabilities)
print("Registered agent with communication bus")

try await lifecycleController.initializeAgent(agent.id)
try await lifecycleController.startAgent(agent.id)
print("Agent started successfully")

let task = ScheduledTask(
  id: TaskID(), agentID: agent.id, priority: .normal, scheduledTime: .now(), timeout: .seconds(60), retryCount: 0)
try await scheduler.scheduleTask(task)

// To itself, and so the task has something to receive.
_ = try await bus.sendMessage(
  Message(
    id: MessageID(), from: agent.id, to: agent.id, topic: "test_topic", payload: Array("Hello, world!".utf8),
    priority: .normal, timeToLive: .seconds(300)))

if case .completed(let result) = try await scheduler.finalStatus(of: task.id) {
  print("Task result: \(String(decoding: result, as: UTF8.self))")
}
print("Agent state: \(try await lifecycleController.getAgentState(agent.id).rawValue)")
let usage = try await resourceManager.getResourceUsage(agent.id)
print("Resource usage: \(usage.memoryBytes) bytes of memory, \(usage.cpuCores) cores")

// Ending the agent takes its mailbox away, too.
try await lifecycleController.terminateAgent(agent.id)
try await resourceManager.deallocateResources(agent.id)
print("Agent state: \(try await lifecycleController.getAgentState(agent.id).rawValue)")
await runtime.shutdown()
try await running
