package import SymbiontCore

/// What the kernel counted for one control group since it was made.
///
/// A reading is nil when no controller takes it; a count of events is then zero.
package struct ControlGroupCounters: Sendable, Hashable {
  /// The memory that is charged to it, in bytes, cached files included.
  package var memoryBytes: Int?
  /// The part of the memory that holds files which were not used of late: the kernel takes it back without harm.
  package var memoryReclaimableBytes: Int?
  /// The most memory that was charged to it, in bytes.
  package var memoryPeakBytes: Int?
  /// The limit of its memory, in bytes; nil when there is none.
  package var memoryLimitBytes: Int?
  /// Processes that were killed because the group was out of memory.
  package var memoryKills = 0
  /// How often memory had to be taken back because the limit was reached.
  package var memoryLimitHits = 0
  /// Processor time, in nanoseconds.
  package var cpuNanoseconds: Int?
  /// Periods in which it ran and its processor time was limited.
  package var periods = 0
  /// Periods in which it had used up its processor time and had to wait.
  package var throttledPeriods = 0
  /// How long it waited so, in nanoseconds, all processors together.
  package var throttledNanoseconds = 0
  /// Processes and threads.
  package var processes: Int?
  /// The limit of processes and threads; nil when there is none.
  package var processLimit: Int?
  /// Processes that were refused because the group had too many.
  package var processRefusals = 0
  /// Bytes that were read from disks.
  package var diskReadBytes: Int?
  /// Bytes that were written to disks.
  ///
  /// Version 1 charges only writes that a process waits for; what the kernel writes later is nobody's.
  package var diskWrittenBytes: Int?

  package init() {}

  /// The memory that cannot be taken back without harm, in bytes.
  package var workingMemoryBytes: Int? {
    memoryBytes.map { max(0, $0 - (memoryReclaimableBytes ?? 0)) }
  }

  /// The limits at which the kernel stopped the group.
  package var violations: [ResourceKind] {
    (memoryKills > 0 ? [.memory] : []) + (processRefusals > 0 ? [.processes] : [])
  }
}
