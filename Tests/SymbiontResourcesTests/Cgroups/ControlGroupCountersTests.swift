import SymbiontCore
import Testing

@testable import SymbiontResources

@Suite("Reading the counters of control groups")
struct ControlGroupCountersTests {
  static let one = [
    "memory.usage_in_bytes": "52428800", "memory.max_usage_in_bytes": "60000000", "memory.limit_in_bytes": "67108864",
    "memory.failcnt": "7", "memory.stat": "cache 1\ntotal_inactive_file 1048576\ninactive_file 5\n",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "pids.current": "3", "pids.max": "64",
    "pids.events": "max 5\n", "cpu.stat": "nr_periods 9\nnr_throttled 4\nthrottled_time 81\n",
    "cpuacct.usage": "123456",
    "blkio.throttle.io_service_bytes_recursive":
      "254:0 Read 4096\n254:0 Write 8192\n254:0 Sync 1\n254:0 Total 12288\n7:0 Read 10\nTotal 12298",
  ]
  static let two = [
    "memory.current": "1000", "memory.peak": "2000", "memory.max": "max", "memory.stat": "anon 5\ninactive_file 100\n",
    "memory.events": "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 0\n", "pids.current": "1",
    "pids.max": "max", "pids.events": "max 0\n",
    "cpu.stat": "usage_usec 5\nuser_usec 4\nsystem_usec 1\nnr_periods 1\nnr_throttled 0\nthrottled_usec 3\n",
    "io.stat": "8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n254:0 rbytes=1 wbytes=2\n",
  ]

  @Test("the files of version 1 are read")
  func versionOne() {
    let counters = ControlGroupCounters { Self.one[$0] }
    #expect(counters.memoryBytes == 52_428_800 && counters.memoryPeakBytes == 60_000_000)
    #expect(counters.memoryLimitBytes == 67_108_864 && counters.memoryReclaimableBytes == 1_048_576)
    #expect(counters.workingMemoryBytes == 51_380_224)
    #expect(counters.memoryKills == 2 && counters.memoryLimitHits == 7)
    #expect(counters.processes == 3 && counters.processLimit == 64 && counters.processRefusals == 5)
    #expect(counters.cpuNanoseconds == 123_456 && counters.periods == 9)
    #expect(counters.throttledPeriods == 4 && counters.throttledNanoseconds == 81)
    #expect(counters.diskReadBytes == 4_106 && counters.diskWrittenBytes == 8_192)
    #expect(counters.violations == [.memory, .processes])
  }

  @Test("the files of version 2 are read")
  func versionTwo() {
    let counters = ControlGroupCounters { Self.two[$0] }
    #expect(counters.memoryBytes == 1_000 && counters.memoryPeakBytes == 2_000 && counters.memoryLimitBytes == nil)
    #expect(counters.workingMemoryBytes == 900 && counters.memoryKills == 1 && counters.memoryLimitHits == 12)
    #expect(counters.processes == 1 && counters.processLimit == nil && counters.processRefusals == 0)
    #expect(counters.cpuNanoseconds == 5_000 && counters.periods == 1 && counters.throttledNanoseconds == 3_000)
    #expect(counters.diskReadBytes == 4_097 && counters.diskWrittenBytes == 2)
    #expect(counters.violations == [.memory])
  }

  @Test("no limit of version 1 is no limit, whatever the size of a page")
  func unlimited() {
    for text in ["9223372036854771712", "9223372036854710272", "max", "-1", ""] {
      let counters = ControlGroupCounters { $0 == "memory.limit_in_bytes" ? text : nil }
      #expect(counters.memoryLimitBytes == nil, "\(text)")
    }
  }

  @Test("missing and damaged counters count nothing")
  func damaged() {
    #expect(ControlGroupCounters { _ in nil } == ControlGroupCounters())
    var empty = ControlGroupCounters { _ in "oom_kill\noom_kill x y\nmax -\n1:2 Read x\n" }
    #expect(empty.diskReadBytes == 0 && empty.diskWrittenBytes == 0)
    empty.diskReadBytes = nil
    empty.diskWrittenBytes = nil
    #expect(empty == ControlGroupCounters())
    let huge = ControlGroupCounters { $0 == "cpu.stat" ? "usage_usec 9223372036854775807" : nil }
    #expect(huge.cpuNanoseconds == .max)
  }

  @Test("what can be taken back is never more than what is used")
  func working() {
    var counters = ControlGroupCounters()
    #expect(counters.workingMemoryBytes == nil)
    counters.memoryBytes = 5
    counters.memoryReclaimableBytes = 9
    #expect(counters.workingMemoryBytes == 0)
  }
}
