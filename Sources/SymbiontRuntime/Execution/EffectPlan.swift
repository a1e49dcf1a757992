internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontSandbox
internal import SymbiontStore

/// What performing an effect takes, decided before anything happens.
enum EffectPlan: Sendable {
  /// The outcome is known; it commits with the next effect that needs a commit.
  case immediate(EffectOutcome)
  /// The outcome and its consequences commit in one transaction. The body changes nothing before it fails.
  case local(LocalEffect)
  /// It is made ready outside of the store, and then commits like a local one.
  case staged(Staging)
  /// Something outside happens: intent first, then the work, then the record.
  case outside(OutsideEffect)
  /// A snapshot now.
  case checkpoint
}

/// An effect that lives in the store alone.
typealias LocalEffect =
  @Sendable (borrowing StoreTransaction, inout ExecutionRecords) throws -> LocalResult

/// Makes an effect ready, or finds the error that the program sees.
typealias Staging = @Sendable () async throws(ProgramError) -> StagedEffect

/// An effect that is ready to be committed.
struct StagedEffect: Sendable {
  var body: LocalEffect
  /// Is told what was committed, or nil when nothing was.
  var after: @Sendable (LocalResult?) -> Void = { _ in }
}

/// What a local effect comes to.
enum LocalResult: Sendable {
  case outcome(EffectOutcome)
  /// The outcome comes with an event, or at the given time.
  case wait(WaitReason, until: Timestamp?)

  /// Whether it is known.
  var isOutcome: Bool {
    if case .outcome = self { true } else { false }
  }

  static func failure(_ kind: String, _ message: String) -> LocalResult {
    .outcome(.failure(ProgramError(kind: kind, message: message)))
  }
}

/// An effect that reaches outside the store.
struct OutsideEffect: Sendable {
  /// Whether it may be performed again when a crash left its outcome open.
  var isIdempotent: Bool
  /// Whether it changes nothing, so that no intent needs to be journalled.
  var isReadOnly = false
  /// Does it.
  ///
  /// `isRepeated` tells that it may have been done before, under the same id.
  var perform: @Sendable (_ id: EffectID, _ isRepeated: Bool) async -> EffectOutcome
}
