import Dispatch
import Glibc
import SymbiontSystem
import Synchronization

extension ControlGroup {
  /// Version 1 announces that memory is out before it kills, so the count follows a moment later.
  private static let confirmation = (attempts: 50, pause: DispatchTimeInterval.milliseconds(2))

  /// Tells of every kill and every refusal that the kernel announces, until the listener goes.
  ///
  /// Version 1 announces no refusals of processes (its kernels did until 6.10), only their count can be read there.
  /// What happened before is not told; several events in one moment are told as one. The group must exist; its removal
  /// ends nothing. The handler must return soon.
  package func listen(
    _ handler: @escaping @Sendable (ControlGroupEvent) -> Void
  ) throws(ControlGroupError) -> ControlGroupListener {
    let queue = DispatchQueue(label: "symbiont.resources.events")
    var sources: [DescriptorEvents] = []
    if let file = memoryEventsFile {
      let count = RisingCount(file.value(of: "oom_kill") ?? 0)
      let announcements = try memoryAnnouncements(file)
      sources.append(
        try events(of: file, from: announcements, queue: queue) {
          Self.confirm(count, in: file, queue: queue) { handler(.memoryKilled(total: $0)) }
        })
    }
    if let file = processEventsFile {
      let count = RisingCount(file.value(of: "max") ?? 0)
      sources.append(
        try events(of: file, from: changes(of: file), queue: queue) {
          if let total = count.raise(to: file.value(of: "max")) { handler(.processesRefused(total: total)) }
        })
    }
    return ControlGroupListener(sources)
  }

  /// The same as a stream, until it is given up.
  package func events() throws(ControlGroupError) -> AsyncStream<ControlGroupEvent> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ControlGroupEvent.self, bufferingPolicy: .bufferingNewest(Self.bufferedEvents))
    let listener = try listen { continuation.yield($0) }
    continuation.onTermination = { _ in withExtendedLifetime(listener) {} }
    return stream
  }

  /// Each holds the total, so only the newest matter.
  private static let bufferedEvents = 16

  private var memoryEventsFile: CgroupFile? {
    [fileOne("memory", "memory.oom_control"), fileTwo("memory", "memory.events")].compactMap { $0 }
      .first(where: \.exists)
  }

  private var processEventsFile: CgroupFile? {
    [fileOne("pids", "pids.events"), fileTwo("pids", "pids.events")].compactMap { $0 }.first(where: \.exists)
  }

  /// Version 2 announces changes of the file; version 1 raises a counter that is registered with the group.
  private func memoryAnnouncements(_ file: CgroupFile) throws(ControlGroupError) -> Descriptor {
    guard let registration = fileOne("memory", "cgroup.event_control"), registration.exists else {
      return try changes(of: file)
    }
    let counter: Descriptor
    let watched: Descriptor
    do throws(SystemError) {
      counter = try .eventCounter()
      let number = open(file.path, O_RDONLY | O_CLOEXEC)
      guard number >= 0 else { throw .last }
      watched = Descriptor(owning: number)
    } catch {
      throw .inaccessible(path: file.path, reason: error)
    }
    let numbers = counter.use { first in watched.use { second in "\(first) \(second)" } }
    try registration.write(numbers)
    return counter
  }

  private func changes(of file: CgroupFile) throws(ControlGroupError) -> Descriptor {
    do throws(SystemError) {
      return try .changes(of: [file.path])
    } catch {
      throw .inaccessible(path: file.path, reason: error)
    }
  }

  private func events(
    of file: CgroupFile, from descriptor: Descriptor, queue: DispatchQueue, _ handler: @escaping @Sendable () -> Void
  ) throws(ControlGroupError) -> DescriptorEvents {
    do throws(SystemError) {
      return try DescriptorEvents(descriptor, queue: queue, handler: handler)
    } catch {
      throw .inaccessible(path: file.path, reason: error)
    }
  }

  /// Looks at the count until it has risen; a while at most, because memory can be out without a kill.
  private static func confirm(
    _ count: RisingCount, in file: CgroupFile, attempt: Int = 0, queue: DispatchQueue,
    _ report: @escaping @Sendable (Int) -> Void
  ) {
    if let total = count.raise(to: file.value(of: "oom_kill")) {
      report(total)
    } else if attempt < confirmation.attempts, file.exists {
      queue.asyncAfter(deadline: .now() + confirmation.pause) {
        confirm(count, in: file, attempt: attempt + 1, queue: queue, report)
      }
    }
  }
}

/// Keeps the kernel's announcements coming; they end when it goes.
package final class ControlGroupListener: Sendable {
  private let sources: [DescriptorEvents]

  init(_ sources: [DescriptorEvents]) {
    self.sources = sources
  }
}

/// The last total that was told.
private final class RisingCount: Sendable {
  private let last: Mutex<Int>

  init(_ value: Int) {
    last = Mutex(value)
  }

  /// Takes a new total; nil when it is not higher than the last.
  func raise(to total: Int?) -> Int? {
    guard let total else { return nil }
    return last.withLock { last in
      guard total > last else { return nil }
      last = total
      return total
    }
  }
}
