import Glibc
import SymbiontSystem

extension ControlGroup {
  /// The bounds of what the kernel can be told.
  private enum Bounds {
    static let cores = 0.01...4_096.0
    static let processes = 1...4_194_304
  }

  /// The length of a period in which a group gets its share of processor time, in microseconds; the kernel's default.
  private static let period = 100_000

  /// Sets limits, and changes those of a running group; nil leaves what holds.
  ///
  /// When it throws, the former limits hold.
  package func apply(_ limits: ControlGroupLimits) throws(ControlGroupError) {
    var changes = CgroupChanges()
    do throws(ControlGroupError) {
      if let bytes = limits.memoryBytes { try apply(memoryBytes: bytes, &changes) }
      if let cores = limits.cpuCores { try apply(cpuCores: cores, &changes) }
      if let processes = limits.processes { try apply(processes: processes, &changes) }
      if let rate = limits.diskBytesPerSecond {
        for device in limits.diskDevices { try apply(rate, to: device, &changes) }
      }
    } catch {
      changes.undo()
      throw error
    }
  }

  private func apply(memoryBytes: Int, _ changes: inout CgroupChanges) throws(ControlGroupError) {
    guard memoryBytes > 0 else { throw .invalid(.memory, value: "\(memoryBytes)") }
    if let limit = fileOne("memory", "memory.limit_in_bytes"),
      let swap = fileOne("memory", "memory.memsw.limit_in_bytes")
    {
      try require([limit], for: .memory)
      // Memory with swap may never be less than memory alone.
      let isRaised = swap.exists && (swap.number ?? .max) < memoryBytes
      let order = !swap.exists ? [limit] : isRaised ? [swap, limit] : [limit, swap]
      for file in order { try lower(file, to: memoryBytes, &changes) }
      return
    }
    guard let limit = fileTwo("memory", "memory.max") else { throw missing(.memory, controller: "memory") }
    try require([limit], for: .memory)
    try makeRoom(for: memoryBytes, &changes)
    try changes.write("\(memoryBytes)", to: limit)
    if let swap = fileTwo("memory", "memory.swap.max"), swap.exists { try changes.write("0", to: swap) }
  }

  /// Version 1 refuses a limit below what is in use, after it took back what it could.
  private func lower(
    _ file: CgroupFile, to bytes: Int, _ changes: inout CgroupChanges
  ) throws(ControlGroupError) {
    do throws(ControlGroupError) {
      try changes.write("\(bytes)", to: file)
    } catch .refused(_, _, SystemError(code: EBUSY)) {
      let used = fileOne("memory", "memory.usage_in_bytes")?.number ?? 0
      throw .memoryInUse(bytes: used, limit: bytes)
    }
  }

  /// Version 2 would kill when its limit is set below what is in use.
  ///
  /// So the memory is taken back first, and a limit that is still too low is refused, as version 1 does.
  private func makeRoom(for bytes: Int, _ changes: inout CgroupChanges) throws(ControlGroupError) {
    guard let current = fileTwo("memory", "memory.current"), (current.number ?? 0) > bytes else { return }
    if let pressure = fileTwo("memory", "memory.high"), pressure.exists {
      let former = pressure.text ?? "max"
      try pressure.write("\(bytes)")
      try pressure.write(former)
    }
    let used = current.number ?? 0
    guard used <= bytes else { throw .memoryInUse(bytes: used, limit: bytes) }
  }

  private func apply(cpuCores: Double, _ changes: inout CgroupChanges) throws(ControlGroupError) {
    guard Bounds.cores.contains(cpuCores) else { throw .invalid(.processor, value: "\(cpuCores)") }
    let quota = Int((cpuCores * Double(Self.period)).rounded())
    if let share = fileOne("cpu", "cpu.cfs_quota_us"), let period = fileOne("cpu", "cpu.cfs_period_us") {
      try require([share, period], for: .processor)
      // The kernel compares each with the other one that holds; without a share any period is right.
      try changes.write("-1", to: share)
      try changes.write("\(Self.period)", to: period)
      try changes.write("\(quota)", to: share)
      return
    }
    guard let limit = fileTwo("cpu", "cpu.max") else { throw missing(.processor, controller: "cpu") }
    try require([limit], for: .processor)
    try changes.write("\(quota) \(Self.period)", to: limit)
  }

  private func apply(processes: Int, _ changes: inout CgroupChanges) throws(ControlGroupError) {
    guard Bounds.processes.contains(processes) else { throw .invalid(.processes, value: "\(processes)") }
    guard let limit = fileOne("pids", "pids.max") ?? fileTwo("pids", "pids.max") else {
      throw missing(.processes, controller: "pids")
    }
    try require([limit], for: .processes)
    try changes.write("\(processes)", to: limit)
  }

  private func apply(_ rate: Int, to device: BlockDevice, _ changes: inout CgroupChanges) throws(ControlGroupError) {
    guard rate > 0 else { throw .invalid(.diskRate, value: "\(rate)") }
    if let reading = fileOne("blkio", "blkio.throttle.read_bps_device"),
      let writing = fileOne("blkio", "blkio.throttle.write_bps_device")
    {
      try require([reading, writing], for: .diskRate)
      for file in [reading, writing] {
        let former = file.line(of: device)?.split(separator: " ").last ?? "0"
        try changes.write("\(device) \(rate)", to: file, former: "\(device) \(former)")
      }
      return
    }
    guard let limit = fileTwo("io", "io.max") else { throw missing(.diskRate, controller: "io") }
    try require([limit], for: .diskRate)
    let former = limit.line(of: device) ?? "\(device) rbps=max wbps=max"
    try changes.write("\(device) rbps=\(rate) wbps=\(rate)", to: limit, former: former)
  }

  private func require(_ files: [CgroupFile], for limit: ControlGroupLimit) throws(ControlGroupError) {
    for file in files where !file.exists {
      throw .unavailable(limit, reason: "`\(file.path)` does not exist")
    }
  }

  private func missing(_ limit: ControlGroupLimit, controller: String) -> ControlGroupError {
    .unavailable(limit, reason: "no tree of control groups has the controller `\(controller)`")
  }
}

extension CgroupFile {
  /// The line that begins with the numbers of a device.
  fileprivate func line(of device: BlockDevice) -> String? {
    text?.split(separator: "\n").first { $0.hasPrefix("\(device) ") }.map(String.init)
  }
}
