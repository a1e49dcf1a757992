/// Work that waits for the writer or for a reader, with the way to answer the one who waits for it.
struct Submission: Sendable {
  /// Answers the caller with what the body made.
  typealias Answer = @Sendable () -> Void

  /// Whether the work has a savepoint of its own, so that its failure costs the others nothing.
  let isIsolated: Bool
  /// Runs the body.
  ///
  /// It may run again when its transaction was rolled back for another's sake.
  let attempt: @Sendable (borrowing StoreTransaction) throws(StoreError) -> Answer
  /// Answers the caller with an error.
  let refuse: @Sendable (StoreError) -> Void

  init<T: Sendable>(
    isIsolated: Bool,
    body: @escaping @Sendable (borrowing StoreTransaction) throws -> T,
    completion: @escaping @Sendable (Result<T, StoreError>) -> Void
  ) {
    self.isIsolated = isIsolated
    attempt = { (transaction: borrowing StoreTransaction) throws(StoreError) -> Answer in
      let value: T
      do { value = try body(transaction) } catch { throw StoreError(error) }
      return { completion(.success(value)) }
    }
    refuse = { error in completion(.failure(error)) }
  }
}
