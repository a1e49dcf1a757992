public import SymbiontCore

/// Makes sandboxes with one engine.
///
/// A driver only knows its engine. What surrounds a sandbox (its row in the store, its volume, its network, the root file
/// system of its image) is made by the orchestrator before and removed after.
public protocol SandboxDriver: Sendable {
  /// The engine.
  var engine: SandboxEngine { get }

  /// Looks whether the engine is there and what it can do, without starting a sandbox.
  func examine() async -> EngineReport

  /// Starts a sandbox whose first process is the guest, with all its limits in place.
  ///
  /// - Throws: A ``SandboxError``; nothing is left behind then.
  func launch(_ launch: SandboxLaunch) async throws(SandboxError) -> any LaunchedSandbox

  /// Kills and removes whatever exists of these sandboxes outside of this process, in whatever state a dead runtime left
  /// it.
  ///
  /// - Returns: What was removed, in words that name each object.
  func reap(_ sandboxIDs: [SandboxID]) async throws(SandboxError) -> [SandboxID: [String]]

  /// The sandboxes of this driver's instance of which something exists on the machine.
  func survivors() async throws(SandboxError) -> Set<SandboxID>

  /// Removes what a dead runtime had begun to make for no sandbox in particular; it is for the start of a runtime.
  func removeDrafts() async
}

extension SandboxDriver {
  /// Nothing.
  public func removeDrafts() async {}
}

/// A sandbox that a driver has started.
public protocol LaunchedSandbox: Sendable {
  /// The connection to its first process, before any greeting.
  var channel: GuestChannel { get }
  /// The path of its control group below each tree, such as `/symbiont/INSTANCE-ID`; nil when there is none.
  var controlGroupPath: String? { get }
  /// The user and group id as which the guest is to run commands, inside of the sandbox.
  ///
  /// Where the engine maps no user ids it is the owner of the workspace as the machine sees it.
  var commandUserID: UInt32 { get }
  /// What the guest must be told that only its engine knows, such as the devices of a virtual machine.
  var guestSettings: [GuestSetting] { get }

  /// Stops everything in it from running, until ``resume()``.
  func pause() async throws(SandboxError)
  /// Lets everything in it run again.
  func resume() async throws(SandboxError)
  /// Saves its memory to a new directory, while it is paused.
  func saveMemory(to directory: String) async throws(SandboxError)
  /// Changes its limits while it runs.
  func update(_ limits: SandboxLimits) async throws(SandboxError)
  /// The rate to which its engine itself holds its disks, in bytes a second, as the engine tells it; nil when it holds
  /// them to none, and the control group alone does.
  func engineDiskRate() async throws(SandboxError) -> Int?
  /// Returns once it has ended, by itself or not.
  func waitForEnd() async -> SandboxEnding
  /// Kills everything in it and removes all that the driver made for it; doing it again changes nothing.
  func destroy() async throws(SandboxError)
}

extension LaunchedSandbox {
  /// The user that images have for their commands.
  public var commandUserID: UInt32 { RuncConfiguration.commandUserID }
  /// Nothing.
  public var guestSettings: [GuestSetting] { [] }
  /// None.
  public func engineDiskRate() async throws(SandboxError) -> Int? { nil }
}

/// How a sandbox ended.
public struct SandboxEnding: Sendable, Hashable {
  /// What is known of the reason, such as the exit code of its first process or what its engine printed.
  public var reason: String

  /// Makes a value of its parts.
  public init(reason: String) {
    self.reason = reason
  }
}
