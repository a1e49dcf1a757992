extension ControlGroupCounters {
  /// Reads the counters from files of the group; the closure gives the text of one by its name, nil if there is none.
  ///
  /// The files of both versions are looked for, those of version 1 first: where both are mounted the controllers are
  /// there.
  package init(file: (String) -> String?) {
    self.init()
    readMemory(file)
    readProcessor(file)
    processes = file("pids.current").flatMap(CgroupFile.number(_:))
    processLimit = file("pids.max").flatMap(CgroupFile.number(_:))
    processRefusals = Self.count("max", in: file("pids.events"))
    if let text = file("blkio.throttle.io_service_bytes_recursive") ?? file("blkio.throttle.io_service_bytes") {
      (diskReadBytes, diskWrittenBytes) = Self.diskBytesOne(text)
    } else if let text = file("io.stat") {
      (diskReadBytes, diskWrittenBytes) = Self.diskBytesTwo(text)
    }
  }

  private mutating func readMemory(_ file: (String) -> String?) {
    func number(_ one: String, _ two: String) -> Int? { (file(one) ?? file(two)).flatMap(CgroupFile.number(_:)) }
    memoryBytes = number("memory.usage_in_bytes", "memory.current")
    memoryPeakBytes = number("memory.max_usage_in_bytes", "memory.peak")
    memoryLimitBytes = number("memory.limit_in_bytes", "memory.max")
    if let statistics = file("memory.stat") {
      memoryReclaimableBytes =
        CgroupFile.value(of: "total_inactive_file", in: statistics)
        ?? CgroupFile.value(of: "inactive_file", in: statistics)
    }
    let events = file("memory.events")
    memoryKills = Self.count("oom_kill", in: file("memory.oom_control") ?? events)
    memoryLimitHits = file("memory.failcnt").flatMap { Int($0) } ?? Self.count("max", in: events)
  }

  private static let nanosecondsPerMicrosecond = 1_000

  private mutating func readProcessor(_ file: (String) -> String?) {
    let statistics = file("cpu.stat")
    periods = Self.count("nr_periods", in: statistics)
    throttledPeriods = Self.count("nr_throttled", in: statistics)
    if let time = file("cpuacct.usage").flatMap({ Int($0) }) {
      cpuNanoseconds = time
      throttledNanoseconds = Self.count("throttled_time", in: statistics)
    } else if let statistics, let time = CgroupFile.value(of: "usage_usec", in: statistics) {
      cpuNanoseconds = Self.nanoseconds(time)
      throttledNanoseconds = Self.nanoseconds(Self.count("throttled_usec", in: statistics))
    } else {
      throttledNanoseconds = Self.count("throttled_time", in: statistics)
    }
  }

  private static func nanoseconds(_ microseconds: Int) -> Int {
    let (result, overflow) = microseconds.multipliedReportingOverflow(by: nanosecondsPerMicrosecond)
    return overflow ? .max : result
  }

  /// Lines such as `8:0 Read 4096`, and a last one of the total.
  private static func diskBytesOne(_ text: String) -> (read: Int, written: Int) {
    var bytes = (read: 0, written: 0)
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: " ")
      guard columns.count == 3, let count = Int(columns[2]) else { continue }
      switch columns[1] {
      case "Read": bytes.read &+= count
      case "Write": bytes.written &+= count
      default: continue
      }
    }
    return bytes
  }

  /// Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0`.
  private static func diskBytesTwo(_ text: String) -> (read: Int, written: Int) {
    var bytes = (read: 0, written: 0)
    for line in text.split(separator: "\n") {
      for column in line.split(separator: " ").dropFirst() {
        let parts = column.split(separator: "=")
        guard parts.count == 2, let count = Int(parts[1]) else { continue }
        switch parts[0] {
        case "rbytes": bytes.read &+= count
        case "wbytes": bytes.written &+= count
        default: continue
        }
      }
    }
    return bytes
  }

  private static func count(_ name: String, in text: String?) -> Int {
    text.flatMap { CgroupFile.value(of: name, in: $0) } ?? 0
  }
}
