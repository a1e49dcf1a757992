import Dispatch
import Glibc
import SymbiontSystem
import Synchronization

/// A timer of the kernel (timerfd) on one of its clocks.
final class KernelTimer: Sendable {
  // From <sys/timerfd.h>.
  private static let closeOnExec: Int32 = 0o2_000_000
  private static let nonBlocking: Int32 = 0o4_000
  private static let absolute: Int32 = 1
  private static let cancelOnSet: Int32 = 2

  private let descriptor: Descriptor
  private let flags: Int32
  private let listener: Listener
  private let queue: DispatchQueue
  private let watch: DescriptorWatch

  /// Who is told; nobody before the start and after the stop.
  private final class Listener: Sendable {
    let handler = Mutex<(@Sendable (SchedulerClockEvent) -> Void)?>(nil)

    func tell(_ event: SchedulerClockEvent) { handler.withLock { $0 }?(event) }
  }

  /// Makes a timer; throws when the kernel gives none.
  init(_ clock: clockid_t) throws(SystemError) {
    let number = try SystemCall.invoke(.timerCreate, Int(clock), Int(Self.closeOnExec | Self.nonBlocking))
    let descriptor = Descriptor(owning: Int32(truncatingIfNeeded: number))
    let listener = Listener()
    let queue = DispatchQueue(label: "symbiont.scheduler.timer", qos: .userInteractive)
    watch = try DescriptorWatch(descriptor, for: .reading, on: queue) {
      do throws(SystemError) {
        if try descriptor.read(upTo: MemoryLayout<UInt64>.size, into: { _ in }) > 0 { listener.tell(.alarm) }
      } catch {
        if error.code == ECANCELED { listener.tell(.clockWasSet) }
      }
      return true
    }
    self.descriptor = descriptor
    self.listener = listener
    self.queue = queue
    flags = Self.absolute | (clock == CLOCK_REALTIME ? Self.cancelOnSet : 0)
  }

  /// Calls the handler, on a queue of its own, when the timer is due or its clock was set.
  func start(_ handler: @escaping @Sendable (SchedulerClockEvent) -> Void) {
    listener.handler.withLock { $0 = handler }
  }

  /// Sets the timer to so many microseconds of its clock, or clears it.
  func set(_ microseconds: Int64?) {
    var setting = itimerspec()
    if let microseconds {
      // Zero would clear the timer; what has passed is due at once.
      let time = max(1, microseconds)
      setting.it_value = timespec(tv_sec: Int(time / 1_000_000), tv_nsec: Int(time % 1_000_000) * 1_000)
    }
    let wasClockSet = withUnsafePointer(to: &setting) { setting in
      descriptor.use { number in
        do throws(SystemError) {
          _ = try SystemCall.invoke(.timerSet, Int(number), Int(flags), Int(bitPattern: setting))
          return false
        } catch { return error.code == ECANCELED }
      }
    }
    // The timer is set all the same, and the kernel does not tell it a second time; the caller may hold a lock.
    if wasClockSet { queue.async { [listener] in listener.tell(.clockWasSet) } }
  }

  /// Calls the handler no more.
  func stop() {
    watch.cancel()
    listener.handler.withLock { $0 = nil }
  }
}
