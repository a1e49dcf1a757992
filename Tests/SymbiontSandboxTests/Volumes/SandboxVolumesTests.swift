import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("The volumes of sandboxes", .needsRunc)
struct SandboxVolumesTests {
  private static let megabytes = 16

  /// Calls the body with volumes in directories of their own, and checks that nothing stays mounted.
  private func withVolumes(_ body: (SandboxVolumes, String) async throws -> Void) async throws {
    let home = "/tmp/symbiont-volumes-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let volumes = SandboxVolumes(
      directory: "\(home)/data", mountDirectory: "\(home)/mounts",
      owner: WorkspaceOwner(userID: 1_900_001_000, groupID: 1_900_001_000))
    defer {
      for sandboxID in volumes.survivors() { umount2(volumes.mountPath(of: sandboxID), MNT_DETACH_FLAG) }
      try? FileManager.default.removeItem(atPath: home)
    }
    try await body(volumes, home)
    #expect(!MountTable.current().hasMounts(below: home))
    #expect(volumes.survivors() == [])
  }

  private let MNT_DETACH_FLAG: Int32 = 2

  @Test("a volume is no larger than it was made, takes no room, and is gone without a trace")
  func bounded() async throws {
    try await withVolumes { volumes, home in
      let volume = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .machine)
      let path = try await volumes.mount(volume)
      var status = stat()
      #expect(stat("\(path)/workspace", &status) == 0)
      #expect(status.st_uid == 1_900_001_000)
      #expect(stat(volume.path, &status) == 0)
      #expect(status.st_size == Self.megabytes << 20)
      #expect(status.st_blocks * 512 < 4 << 20)
      let file = open("\(path)/workspace/fill", O_WRONLY | O_CREAT, 0o600)
      let block = [UInt8](repeating: 7, count: 1 << 20)
      var written = 0
      while write(file, block, block.count) == block.count { written += 1 }
      #expect(errno == ENOSPC)
      close(file)
      #expect((1..<Self.megabytes).contains(written))
      try await volumes.unmount(volume.sandboxID)
      #expect(try await volumes.remove(volume.sandboxID) == ["volume `\(volume.path)`"])
      #expect(try await volumes.remove(volume.sandboxID) == [])
    }
  }

  @Test("a copy has the files of the moment, and what is written later is in one of the two only")
  func copies() async throws {
    try await withVolumes { volumes, home in
      let volume = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .machine)
      let path = try await volumes.mount(volume)
      try Data("before".utf8).write(to: URL(fileURLWithPath: "\(path)/workspace/note"))
      let snapshot = "\(home)/snapshot.img"
      try await volumes.copy(volume, to: snapshot, isMounted: true)
      try Data("after".utf8).write(to: URL(fileURLWithPath: "\(path)/workspace/note"))
      let copy = try await volumes.make(
        SandboxID(), megabytes: Self.megabytes, ownership: .machine, copyOf: snapshot)
      let copyPath = try await volumes.mount(copy)
      #expect(try String(contentsOfFile: "\(copyPath)/workspace/note", encoding: .utf8) == "before")
      #expect(try String(contentsOfFile: "\(path)/workspace/note", encoding: .utf8) == "after")
      var status = stat()
      #expect(stat(snapshot, &status) == 0)
      #expect(status.st_blocks * 512 < 4 << 20, "the copy has no holes")
      for sandboxID in [volume.sandboxID, copy.sandboxID] {
        let removed = try await volumes.remove(sandboxID)
        #expect(removed.count == 2, "a mounted volume is unmounted, then removed: \(removed)")
      }
    }
  }

  @Test("the volume of a virtual machine is never mounted on the machine")
  func foreignContent() async throws {
    try await withVolumes { volumes, _ in
      let volume = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .virtualMachine)
      let reason = "a volume that a virtual machine writes to is not mounted on the machine"
      await #expect(throws: SandboxError.startFailed(reason: reason)) { try await volumes.mount(volume) }
      try await volumes.remove(volume.sandboxID)
    }
  }

  @Test("twenty at once each have their own device, and mounting costs milliseconds")
  func concurrent() async throws {
    try await withVolumes { volumes, _ in
      let first = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .machine)
      let rounds = 20
      var elapsed: [Duration] = []
      for _ in 0..<rounds {
        let duration = try await ContinuousClock().measure {
          _ = try await volumes.mount(first)
          try await volumes.unmount(first.sandboxID)
        }
        elapsed.append(duration)
      }
      print("volume: mount and unmount, median of \(rounds): \(elapsed.sorted()[rounds / 2])")
      try await volumes.remove(first.sandboxID)
      let paths = try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<rounds {
          group.addTask {
            let volume = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .machine)
            return try await volumes.mount(volume)
          }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(paths.count == rounds)
      #expect(MountTable.current().entries.filter { paths.contains($0.path) }.count == rounds)
      for sandboxID in volumes.survivors() { try await volumes.remove(sandboxID) }
    }
  }

  @Test("a file that is no file system, and one that is not there, are errors that leave nothing")
  func broken() async throws {
    try await withVolumes { volumes, home in
      let volume = try await volumes.make(SandboxID(), megabytes: Self.megabytes, ownership: .machine)
      try Data(count: 1 << 20).write(to: URL(fileURLWithPath: volume.path))
      await #expect(throws: SandboxError.self) { try await volumes.mount(volume) }
      try await volumes.remove(volume.sandboxID)
      await #expect(throws: SandboxError.self) { try await volumes.mount(volume) }
      await #expect(throws: SandboxError.self) {
        try await volumes.make(
          SandboxID(), megabytes: Self.megabytes, ownership: .machine, copyOf: "\(home)/none")
      }
    }
  }
}
