import CEpoll
import Dispatch
import Glibc
import Synchronization

/// Waits on one thread until any of many descriptors can be read or written.
///
/// The sources of the dispatch library are not used for descriptors: its event loop on Linux frees records that the kernel
/// still names when many of them come and go, and crashes (swift-corelibs-libdispatch, issue 949). Here the kernel is
/// only given a number, and an event whose number is no longer known is passed over.
final class DescriptorPoller: Sendable {
  /// What is watched, and who is told.
  struct Watch: Sendable {
    /// The watch's own copy of the descriptor: the kernel knows one watch a descriptor.
    var descriptor: Descriptor
    var readiness: DescriptorWatch.Readiness
    var queue: DispatchQueue
    /// Whether it is to be called again is what it returns.
    var handler: @Sendable () -> Bool
  }

  private struct State {
    var watches: [UInt64: Watch] = [:]
    var last: UInt64 = 0
    var isRunning = false
  }

  static let shared = DescriptorPoller()
  private static let eventsAtOnce = 64

  private let state = Mutex(State())
  private let poll: Result<Descriptor, SystemError>

  private init() {
    let number = symbiont_epoll_create()
    poll = number < 0 ? .failure(.last) : .success(Descriptor(owning: number))
  }

  /// Begins a watch; its number ends it.
  func add(_ watch: Watch) throws(SystemError) -> UInt64 {
    let poll = try poll.get()
    let failure = Result<UInt64, SystemError> { () throws(SystemError) in
      try state.withLock { state throws(SystemError) in
        if !state.isRunning { try PrivateThread.start { self.run(poll) } }
        state.isRunning = true
        state.last += 1
        try Self.control(poll, watch, number: state.last, symbiont_epoll_add)
        state.watches[state.last] = watch
        return state.last
      }
    }
    return try failure.get()
  }

  /// Ends a watch, whose handler is not called any more unless it is being called now; one that has ended stays so.
  func remove(_ number: UInt64) {
    guard case .success(let poll) = poll else { return }
    let removed = state.withLock { state -> Watch? in
      guard let watch = state.watches.removeValue(forKey: number) else { return nil }
      _ = poll.use { poll in watch.descriptor.use { symbiont_epoll_remove(poll, $0) } }
      return watch
    }
    // The handler may hold anything, which is to go outside of the lock.
    withExtendedLifetime(removed) {}
  }

  /// The kernel tells of each descriptor once, and again when its handler has returned.
  private static func control(
    _ poll: Descriptor, _ watch: Watch, number: UInt64, _ call: (Int32, Int32, Int32, UInt64) -> Int32
  ) throws(SystemError) {
    let isForWriting: Int32 = watch.readiness == .writing ? 1 : 0
    let result = poll.use { poll in watch.descriptor.use { call(poll, $0, isForWriting, number) } }
    guard result == 0 else { throw .last }
  }

  private func run(_ poll: Descriptor) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.eventsAtOnce) { numbers in
      while true {
        let count = poll.use { symbiont_epoll_wait($0, numbers.baseAddress, Int32(numbers.count)) }
        for number in numbers.prefix(max(0, Int(count))) { report(number, poll) }
      }
    }
  }

  private func report(_ number: UInt64, _ poll: Descriptor) {
    guard let watch = state.withLock({ $0.watches[number] }) else { return }
    watch.queue.async { [self] in
      // It may have ended while this waited for its turn.
      guard state.withLock({ $0.watches[number] != nil }) else { return }
      guard watch.handler() else { return remove(number) }
      state.withLock { state in
        guard state.watches[number] != nil else { return }
        // The copy of the descriptor is open, so the kernel has no reason to refuse.
        try? Self.control(poll, watch, number: number, symbiont_epoll_arm)
      }
    }
  }
}
