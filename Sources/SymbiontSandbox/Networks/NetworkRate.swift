import SymbiontCore

/// A limit of the bytes that a device sends, as `tc` takes it.
///
/// Sending is limited at the sandbox's end and receiving at the machine's end, since a queue only delays what its own
/// device sends. Each direction has the whole rate.
struct NetworkRate: Sendable, Hashable {
  /// The bytes in a second.
  let bytesPerSecond: Int

  /// Makes a rate of megabytes in a second, in the bounds of ``ResourceLimits``.
  init(megabytesPerSecond: Int) throws(SandboxError) {
    let bounds = ResourceLimits.Bounds.megabytesPerSecond
    guard bounds.contains(megabytesPerSecond) else {
      throw .configurationInvalid(
        reason: "the network rate of \(megabytesPerSecond) megabytes a second is outside \(bounds)")
    }
    bytesPerSecond = megabytesPerSecond * ResourceLimits.bytesPerMegabyte
  }

  /// What may be sent at once after a pause: a fiftieth of a second, but at least two of the largest packets that the
  /// kernel hands to a device, and no more than leaves the limit a limit.
  private var burst: Int { min(max(bytesPerSecond / 50, 131_072), 4_194_304) }
  /// What may wait to be sent: a tenth of a second, in bounds of memory.
  private var backlog: Int { burst + min(max(bytesPerSecond / 10, 131_072), 33_554_432) }

  /// Sets the rate of a device; text for `tc -batch`.
  func command(device: String) -> String {
    "qdisc replace dev \(device) root handle 1: tbf rate \(bytesPerSecond)bps burst \(burst) limit \(backlog)\n"
  }

  /// Takes the limit of a device away; text for `tc -batch`.
  static func removal(device: String) -> String { "qdisc delete dev \(device) root\n" }
}
