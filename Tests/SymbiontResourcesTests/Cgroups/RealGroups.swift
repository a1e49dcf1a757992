import Foundation
import Glibc
import SymbiontSystem
import Testing

@testable import SymbiontResources

/// Real control groups of this machine, each with a name of its own.
enum RealGroups {
  static var areHere: Bool {
    let hierarchy = CgroupHierarchy(.current())
    let isWritable = hierarchy.trees.contains { $0.isNeeded && access($0.root, W_OK) == 0 }
    return (geteuid() == 0 && isWritable) || ProcessInfo.processInfo.environment["CI"] != nil
  }

  /// Calls the body with a group, and checks that it can be removed.
  static func run(_ body: (ControlGroup) async throws -> Void) async throws {
    let name = "test-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let group = ControlGroup(name: name, hierarchy: CgroupHierarchy(.current()))
    try group.create()
    do {
      try await body(group)
    } catch {
      try? await group.killAll()
      try? await group.remove()
      throw error
    }
    try await group.killAll()
    try await group.remove()
    #expect(!group.exists)
  }

  /// Starts a shell that waits for a line, puts it into the group, and lets it go on with the script.
  static func start(_ script: String, in group: ControlGroup) throws -> Process {
    let process = Process()
    let input = Foundation.Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "read -r go; \(script)"]
    process.standardInput = input
    process.standardError = FileHandle.nullDevice
    try process.run()
    try group.add(processID: process.processIdentifier)
    try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
    return process
  }
}

extension Trait where Self == ConditionTrait {
  /// The test makes control groups.
  static var needsControlGroups: Self {
    .enabled(if: RealGroups.areHere, "the tests do not run as root, or no control groups can be made here")
  }
}
