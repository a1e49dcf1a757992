import Foundation
import Glibc
import SymbiontSystem
import Testing

@testable import SymbiontResources

@Suite("Control groups of this machine", .needsControlGroups, .serialized)
struct RealGroupTests {
  @Test("limits are in force, and can be raised and lowered while processes run")
  func limits() async throws {
    try await RealGroups.run { group in
      let enforceable = group.enforceable()
      #expect(enforceable.isSuperset(of: [.memory, .processor, .processes]))
      #expect(try group.hierarchy.enforceable() == enforceable)
      let process = try RealGroups.start("sleep 1000", in: group)
      for megabytes in [64, 256, 32, 33, 512, 16] {
        try group.apply(
          ControlGroupLimits(memoryBytes: megabytes << 20, cpuCores: Double(megabytes) / 100, processes: megabytes))
        let counters = try group.counters()
        #expect(counters.memoryLimitBytes == megabytes << 20)
        #expect(counters.processLimit == megabytes)
      }
      #expect(group.processes.contains(process.processIdentifier))
      #expect(try group.counters().processes ?? 0 >= 1)
    }
  }

  @Test("a limit below what is in use is refused, and the former one holds")
  func tooLow() async throws {
    try await RealGroups.run { group in
      try group.apply(ControlGroupLimits(memoryBytes: 256 << 20, processes: 20))
      let marker = "/tmp/symbiont-ready-\(UInt64.random(in: .min ... .max))"
      defer { try? FileManager.default.removeItem(atPath: marker) }
      try #require(mkfifo(marker, 0o600) == 0)
      _ = try RealGroups.start("x=$(head -c 50000000 /dev/zero | tr '\\0' x); echo > \(marker); sleep 1000", in: group)
      await CgroupWait.perform { _ = close(open(marker, O_RDONLY)) }
      #expect(
        performing: {
          try group.apply(ControlGroupLimits(memoryBytes: 8 << 20, processes: 10))
        },
        throws: { error in
          guard case ControlGroupError.memoryInUse(let used, 8_388_608) = error else { return false }
          return used > 8 << 20
        })
      let counters = try group.counters()
      #expect(counters.memoryLimitBytes == 256 << 20 && counters.processLimit == 20 && counters.memoryKills == 0)
    }
  }

  @Test("processes that stop do not run, and go on afterwards")
  func freezing() async throws {
    try await RealGroups.run { group in
      _ = try RealGroups.start("while :; do :; done", in: group)
      try await group.freeze()
      #expect(group.isFrozen)
      let first = try group.counters().cpuNanoseconds
      let second = try group.counters().cpuNanoseconds
      #expect(first == second)
      try group.thaw()
      #expect(!group.isFrozen)
    }
  }

  @Test("a fork bomb, detached daemons and stopped processes are all killed")
  func killing() async throws {
    try await RealGroups.run { group in
      try group.apply(ControlGroupLimits(processes: 100))
      _ = try RealGroups.start("f() { f | f & }; f; sleep 1000", in: group)
      _ = try RealGroups.start("setsid sh -c 'trap \"\" TERM HUP; sleep 1000 & sleep 1000' & sleep 1000", in: group)
      try await group.killAll()
      #expect(group.processes.isEmpty)
      _ = try RealGroups.start("sleep 1000", in: group)
      try await group.freeze()
      try await group.killAll()
      #expect(group.processes.isEmpty)
      try group.thaw()
    }
  }

  @Test("a group with processes is not removed, and one that is gone is removed and killed again without error")
  func removal() async throws {
    try await RealGroups.run { group in
      _ = try RealGroups.start("sleep 1000", in: group)
      await #expect(throws: ControlGroupError.self) { try await group.remove() }
      try await group.killAll()
      try await group.remove()
      try await group.remove()
      try await group.killAll()
      #expect(throws: ControlGroupError.self) { try group.counters() }
    }
  }

  @Test("a kill for want of memory is told at once")
  func memoryEvent() async throws {
    try await RealGroups.run { group in
      try group.apply(ControlGroupLimits(memoryBytes: 16 << 20))
      var events = try group.events().makeAsyncIterator()
      _ = try RealGroups.start("tail /dev/zero", in: group)
      let event = await events.next()
      guard case .memoryKilled(let total) = event else {
        Issue.record("\(String(describing: event))")
        return
      }
      #expect(total >= 1)
      #expect(try group.counters().memoryKills >= 1)
    }
  }

  @Test("refusals of processes are counted")
  func refusals() async throws {
    try await RealGroups.run { group in
      try group.apply(ControlGroupLimits(processes: 2))
      _ = try RealGroups.start("sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000", in: group)
      for _ in 0..<1_000 where try group.counters().processRefusals == 0 {
        await CgroupWait.pause(.milliseconds(20))
      }
      #expect(try group.counters().processRefusals >= 1)
    }
  }

  @Test("processor time is counted, and a busy process is held back")
  func throttling() async throws {
    try await RealGroups.run { group in
      try group.apply(ControlGroupLimits(cpuCores: 0.02))
      _ = try RealGroups.start("while :; do :; done", in: group)
      for _ in 0..<1_000 where try group.counters().throttledPeriods == 0 {
        await CgroupWait.pause(.milliseconds(20))
      }
      let counters = try group.counters()
      #expect(counters.throttledPeriods > 0 && counters.throttledNanoseconds > 0)
      #expect(counters.cpuNanoseconds ?? 0 > 0)
    }
  }
}
