extension ManualClock {
  /// A task that sleeps.
  struct Sleeper {
    typealias Wakeup = CheckedContinuation<Void, any Error>

    let deadline: Instant
    let continuation: Wakeup
  }

  /// A task that waits for others to sleep.
  struct Watcher {
    let count: Int
    let continuation: CheckedContinuation<Void, Never>
  }

  /// What follows from a sleeper: done outside of the lock.
  struct Consequence {
    var woken: Sleeper.Wakeup?
    var cancelled: Sleeper.Wakeup?
    var watchers: [CheckedContinuation<Void, Never>] = []

    func carryOut() {
      woken?.resume()
      cancelled?.resume(throwing: CancellationError())
      for watcher in watchers {
        watcher.resume()
      }
    }
  }

  /// What a clock knows, without acting on it.
  struct State {
    private(set) var now = Instant(offset: .zero)
    private(set) var sleepers: [Int: Sleeper] = [:]
    private var watchers: [Int: Watcher] = [:]
    /// Those that were cancelled before they were added.
    private var cancelledEarly: Set<Int> = []
    private var lastID = 0

    mutating func makeID() -> Int {
      lastID += 1
      return lastID
    }

    /// Drops what is known of a wait that is over, which may have been cancelled just as it ended.
    mutating func forget(_ id: Int) {
      cancelledEarly.remove(id)
    }

    mutating func advance(to instant: Instant) -> [Sleeper.Wakeup] {
      now = max(now, instant)
      let due = sleepers.filter { $0.value.deadline <= now }
      for id in due.keys {
        sleepers[id] = nil
      }
      let inOrder = due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
      return inOrder.map(\.value.continuation)
    }

    mutating func add(_ sleeper: Sleeper, id: Int) -> Consequence {
      if cancelledEarly.remove(id) != nil { return Consequence(cancelled: sleeper.continuation) }
      guard sleeper.deadline > now else { return Consequence(woken: sleeper.continuation) }
      sleepers[id] = sleeper
      let satisfied = watchers.filter { $0.value.count <= sleepers.count }
      for id in satisfied.keys {
        watchers[id] = nil
      }
      return Consequence(watchers: satisfied.values.map(\.continuation))
    }

    /// Withdraws a sleeper that is cancelled; nil when it is not there yet, or has been woken.
    mutating func cancel(_ id: Int) -> Sleeper.Wakeup? {
      guard let sleeper = sleepers.removeValue(forKey: id) else {
        cancelledEarly.insert(id)
        return nil
      }
      return sleeper.continuation
    }

    /// Adds a watcher; true when there is nothing to wait for, and it was not added.
    mutating func addWatcher(_ watcher: Watcher, id: Int) -> Bool {
      guard cancelledEarly.remove(id) == nil, sleepers.count < watcher.count else { return true }
      watchers[id] = watcher
      return false
    }

    mutating func removeWatcher(_ id: Int) -> CheckedContinuation<Void, Never>? {
      guard let watcher = watchers.removeValue(forKey: id) else {
        cancelledEarly.insert(id)
        return nil
      }
      return watcher.continuation
    }
  }
}
