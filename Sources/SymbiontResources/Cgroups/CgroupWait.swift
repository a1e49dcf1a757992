import Dispatch
import SymbiontSystem

/// Waiting for the state of a group; bounded, and not ended by cancellation, because it is how things are cleaned up.
enum CgroupWait {
  private static let queue = DispatchQueue(label: "symbiont.resources.cgroups", attributes: .concurrent)

  /// Waits for a while.
  static func pause(_ duration: Duration) async {
    await withCheckedContinuation { continuation in
      queue.asyncAfter(deadline: .now() + duration.interval) { continuation.resume() }
    }
  }

  /// Runs a body that may block, on a thread of its own.
  static func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }

  /// Waits until a condition on a file holds, looking whenever the kernel announces a change of it.
  ///
  /// - Returns: Whether the condition held in time.
  static func until(
    _ file: CgroupFile, within timeout: Duration, _ condition: @escaping @Sendable (CgroupFile) -> Bool
  ) async throws(ControlGroupError) -> Bool {
    let (wakes, wake) = AsyncStream.makeStream(of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    let events: DescriptorEvents
    do throws(SystemError) {
      events = try DescriptorEvents(try .changes(of: [file.path]), queue: queue) { wake.yield(true) }
    } catch {
      throw .inaccessible(path: file.path, reason: error)
    }
    defer { withExtendedLifetime(events) {} }
    queue.asyncAfter(deadline: .now() + timeout.interval) { wake.finish() }
    if condition(file) { return true }
    // Iteration in a task of its own is out of reach of the caller's cancellation.
    return await Task {
      for await _ in wakes where condition(file) { return true }
      return condition(file)
    }.value
  }
}

extension Duration {
  fileprivate var interval: DispatchTimeInterval {
    let nanoseconds = components.attoseconds / 1_000_000_000
    return .nanoseconds(Int(clamping: components.seconds) * 1_000_000_000 + Int(clamping: nanoseconds))
  }
}
