import Glibc

extension CgroupHierarchy {
  /// The limits that the kernel can enforce here, as seen by the files of a group that is made for that and removed.
  package func enforceable() throws(ControlGroupError) -> Set<ControlGroupLimit> {
    let group = ControlGroup(name: "probe-\(getpid())-\(UInt32.random(in: .min ... .max))", hierarchy: self)
    try group.create()
    defer { for directory in group.directories { rmdir(directory) } }
    return group.enforceable()
  }
}

extension ControlGroup {
  /// The limits that the kernel can enforce on this group, by the files that it has.
  package func enforceable() -> Set<ControlGroupLimit> {
    Set(ControlGroupLimit.allCases.filter { limit in files(of: limit).contains(where: \.exists) })
  }

  private func files(of limit: ControlGroupLimit) -> [CgroupFile] {
    switch limit {
    case .memory: [fileOne("memory", "memory.limit_in_bytes"), fileTwo("memory", "memory.max")].compactMap { $0 }
    case .processor: [fileOne("cpu", "cpu.cfs_quota_us"), fileTwo("cpu", "cpu.max")].compactMap { $0 }
    case .processes: [fileOne("pids", "pids.max"), fileTwo("pids", "pids.max")].compactMap { $0 }
    case .diskRate:
      [fileOne("blkio", "blkio.throttle.write_bps_device"), fileTwo("io", "io.max")].compactMap { $0 }
    }
  }
}
