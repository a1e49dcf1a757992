import Testing

@testable import SymbiontResources

@Suite("Events of control groups of version 2, on recorded trees")
struct ControlGroupEventTests {
  private static let files = [
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 3\n", "pids.events": "max 1\n",
    "cgroup.events": "populated 1\nfrozen 0\n", "cgroup.freeze": "0",
  ]

  @Test("a change of a count is told, with the total")
  func counts() async throws {
    try await FakeTrees.two(Self.files) { fake in
      var events = try fake.controlGroup.events().makeAsyncIterator()
      let directory = try #require(fake.controlGroup.directories.first)
      try CgroupFile(path: "\(directory)/pids.events").write("max 9\n")
      #expect(await events.next() == .processesRefused(total: 9))
      try CgroupFile(path: "\(directory)/memory.events").write("low 0\nhigh 0\nmax 7\noom 1\noom_kill 4\n")
      #expect(await events.next() == .memoryKilled(total: 4))
    }
  }

  @Test("a group that does not exist has no events, and ends nothing")
  func missing() async throws {
    try await FakeTrees.two([:]) { fake in
      let stream = try fake.controlGroup.events()
      let task = Task { for await _ in stream {} }
      task.cancel()
      await task.value
    }
  }

  @Test("stopping waits until the kernel says that the processes have stopped")
  func freezing() async throws {
    try await FakeTrees.two(Self.files) { fake in
      let group = fake.controlGroup
      let directory = try #require(group.directories.first)
      async let frozen: Void = group.freeze()
      // Looked at again at each change: the first is another one.
      try CgroupFile(path: "\(directory)/cgroup.events").write("populated 0\nfrozen 0\n")
      try CgroupFile(path: "\(directory)/cgroup.events").write("populated 1\nfrozen 1\n")
      try await frozen
      #expect(group.isFrozen && fake.text("unified", "cgroup.freeze") == "1")
      try group.thaw()
      #expect(fake.text("unified", "cgroup.freeze") == "0")
    }
  }
}
