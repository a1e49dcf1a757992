import FoundationEssentials

/// What a network of a sandbox is held to, as the kernel tells it.
package struct NetworkSettings: Sendable, Hashable {
  /// The higher of the rates of both directions, in bytes a second; nil when one of them has no limit.
  package var bytesPerSecond: Int?
  /// Whether what no rule lets out is dropped.
  package var refusesByDefault: Bool

  /// Makes settings of their parts.
  package init(bytesPerSecond: Int?, refusesByDefault: Bool) {
    self.bytesPerSecond = bytesPerSecond
    self.refusesByDefault = refusesByDefault
  }

  private struct Queue: Decodable {
    struct Options: Decodable { var rate: Int? }
    var kind: String
    var options: Options?
  }

  /// The rate of the queue of a device, as `tc -j qdisc show` prints it; nil when it has none.
  static func rate(_ text: String) -> Int? {
    let queues = try? JSONDecoder().decode([Queue].self, from: Data(text.utf8))
    return queues?.first { $0.kind == "tbf" }?.options?.rate
  }
}
