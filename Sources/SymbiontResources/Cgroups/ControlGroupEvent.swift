/// Something that the kernel did to a control group, at the moment it did it.
package enum ControlGroupEvent: Sendable, Hashable {
  /// Processes were killed because the group was out of memory; the number of all such kills.
  case memoryKilled(total: Int)
  /// Processes were refused because the group had too many; the number of all such refusals.
  case processesRefused(total: Int)
}
