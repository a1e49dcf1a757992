import SymbiontResources
import SymbiontSystem

/// The limits of a control group, as the kernel reports them.
///
/// One that is nil is not set, or nothing enforces it.
struct ControlGroupSettings: Sendable, Hashable {
  var memoryBytes: Int?
  var cpuCores: Double?
  var processes: Int?
  /// The highest rate of reading or writing among the devices for which there is one, in bytes a second.
  var diskBytesPerSecond: Int?

  /// Values above this are how version 1 says that there is no memory limit.
  private static let largestMemory = 1 << 60

  /// Reads the files of a group; the closure gives the text of one by its name, nil if there is none.
  init(file: (String) -> String?) {
    memoryBytes = (file("memory.limit_in_bytes") ?? file("memory.max")).flatMap { Int(Self.word($0)) }
    if let bytes = memoryBytes, bytes > Self.largestMemory { memoryBytes = nil }
    processes = file("pids.max").flatMap { Int(Self.word($0)) }
    if let quota = file("cpu.cfs_quota_us").flatMap({ Double(Self.word($0)) }),
      let period = file("cpu.cfs_period_us").flatMap({ Double(Self.word($0)) }), quota > 0, period > 0
    {
      cpuCores = quota / period
    } else if let words = file("cpu.max")?.split(whereSeparator: \.isWhitespace), words.count == 2,
      let quota = Double(words[0]), let period = Double(words[1]), period > 0
    {
      cpuCores = quota / period
    }
    diskBytesPerSecond = Self.diskRate(file)
  }

  init(_ group: ControlGroup) {
    let directories = group.directories
    self.init { name in
      directories.lazy.compactMap { KernelFile.bytes("\($0)/\(name)") }.first.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
  }

  private static func word(_ text: String) -> String {
    String(text.split(whereSeparator: \.isWhitespace).first ?? "")
  }

  /// Version 1 has a file for each direction with lines `8:0 1048576`, version 2 one with lines `8:0 rbps=1048576 …`.
  private static func diskRate(_ file: (String) -> String?) -> Int? {
    let old = ["blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device"].map { name in
      (file(name) ?? "").split(separator: "\n").compactMap { line -> Int? in
        line.split(separator: " ").last.flatMap { Int($0) }
      }
    }
    if let reading = old[0].max(), let writing = old[1].max() { return max(reading, writing) }
    let rates = (file("io.max") ?? "").split(separator: "\n").flatMap { line in
      line.split(separator: " ").compactMap { word -> Int? in
        guard word.hasPrefix("rbps=") || word.hasPrefix("wbps=") else { return nil }
        return Int(word.dropFirst(5)) ?? Int.max
      }
    }
    return rates.max().flatMap { $0 == Int.max ? nil : $0 }
  }
}
