import SymbiontCore
import SymbiontSystem

/// A program that starts containers, as ``ContainerSandboxes`` needs it.
protocol ContainerEngine: Sendable {
  /// Which engine it is.
  var engine: SandboxEngine { get }
  /// Where its program is.
  var path: String { get }
  /// What it can do, besides the limits that control groups enforce.
  var capabilities: Set<SandboxCapability> { get }
  /// The first line of what the program says about its version.
  func version() async throws(SandboxError) -> String
  /// The most processes on the machine that a sandbox with a limit inside needs.
  func machineProcesses(for limit: Int) -> Int

  /// Starts the first process of a sandbox; its control group and its bundle are there.
  ///
  /// - Throws: A ``SandboxError``; the caller then removes what is left.
  func start(_ order: ContainerOrder) async throws(SandboxError) -> StartedContainer

  /// Removes what the engine keeps of a container of which nothing runs.
  func forget(_ name: ContainerName, in directories: ContainerDirectories) throws(SystemError)

  /// The names that the engine keeps something of.
  func known(in directories: ContainerDirectories, instance: String) -> Set<ContainerName>
}

/// What an engine is to start.
struct ContainerOrder: Sendable {
  var launch: SandboxLaunch
  var name: ContainerName
  var bundle: ContainerBundle
  var group: String
  var streams: GuestStreams
  var content: ContainerStage.Content
  var ground: ContainerGround
}

/// What an engine has started.
struct StartedContainer: Sendable {
  /// The child of this process whose end is the end of the sandbox.
  var process: ProcessHandle
  /// Processes that must be killed to end it; the kernel ends the others then.
  var roots: [ProcessHandle]
  /// Kept until the end.
  var held: [Descriptor] = []
}
