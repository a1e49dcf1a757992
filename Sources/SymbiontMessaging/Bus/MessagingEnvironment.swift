import SymbiontCore

/// What a bus knows of the world outside: tests hand in their own.
public struct MessagingEnvironment: Sendable {
  /// The time.
  public var clock: any MessagingClock
  /// Is told what belongs into the audit trail; it must return soon.
  public var observe: @Sendable (MessagingEvent) -> Void

  /// This machine.
  public init(
    clock: any MessagingClock = SystemMessagingClock(), observe: @escaping @Sendable (MessagingEvent) -> Void = { _ in }
  ) {
    self.clock = clock
    self.observe = observe
  }
}
