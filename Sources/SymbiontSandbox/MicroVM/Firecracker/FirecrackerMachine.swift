/// The order of calls that Firecracker allows: everything is set before the start, and it is saved while it is paused.
struct FirecrackerMachine: Sendable, Hashable {
  /// Where a machine is.
  enum State: String, Sendable, Hashable, CaseIterable {
    case new
    case running
    case paused
    case ended
  }

  /// What is wanted of it.
  enum Operation: String, Sendable, Hashable, CaseIterable {
    case configure
    case start
    case load
    case pause
    case resume
    case save
    case end
  }

  /// The state does not allow the operation.
  struct Refusal: Error, Hashable {
    var state: State
    var operation: Operation
  }

  private(set) var state = State.new

  /// Whether something was set, after which no saved state can be loaded.
  private(set) var isConfigured = false

  /// Takes a step; throws when it is not allowed, and then nothing is changed.
  mutating func take(_ operation: Operation) throws(Refusal) {
    switch (state, operation) {
    case (.new, .configure): isConfigured = true
    case (.new, .start) where isConfigured: state = .running
    case (.new, .load) where !isConfigured: state = .paused
    case (.running, .pause), (.paused, .pause): state = .paused
    case (.paused, .resume), (.running, .resume): state = .running
    case (.paused, .save): break
    case (_, .end): state = .ended
    default: throw Refusal(state: state, operation: operation)
    }
  }
}
