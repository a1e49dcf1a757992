import SymbiontCore

/// Something that is made once for all callers, and again only after a failure.
///
/// Callers that come meanwhile share the one that is being made.
actor SharedPreparation<Value: Sendable> {
  private let make: @Sendable () async throws(SandboxError) -> Value
  private var current: Task<Result<Value, SandboxError>, Never>?

  init(_ make: @escaping @Sendable () async throws(SandboxError) -> Value) {
    self.make = make
  }

  func value() async throws(SandboxError) -> Value {
    let task = current ?? Task { [make] in await Self.outcome(make) }
    current = task
    let result = await task.value
    if case .failure = result, current == task { current = nil }
    return try result.get()
  }

  private static func outcome(
    _ make: @Sendable () async throws(SandboxError) -> Value
  ) async -> Result<Value, SandboxError> {
    do throws(SandboxError) {
      return .success(try await make())
    } catch {
      return .failure(error)
    }
  }
}
