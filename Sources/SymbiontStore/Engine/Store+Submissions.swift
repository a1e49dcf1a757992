extension Store {
  /// Runs a body in a transaction that is shared with other callers, and returns when it is durable.
  ///
  /// The body runs on the writer's thread. It may run more than once, when a neighbour in the same transaction fails, so
  /// it must do nothing but use the transaction. An error that it throws undoes it and it alone: a ``StoreError`` comes
  /// back as it is, any other as ``StoreError/rejected(_:)``.
  ///
  /// Cancelling the task does not withdraw the work: what an agent did must be recorded while it is cancelled, too.
  ///
  /// - Parameter isolated: The body may well throw. It has a savepoint of its own, for a few microseconds, so that its
  ///   failure does not make its neighbours run again.
  package func write<T: Sendable>(
    isolated: Bool = false, _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(StoreError) -> T {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<T, StoreError>, Never>) in
      submit(isolated: isolated, body) { continuation.resume(returning: $0) }
    }
    return try result.get()
  }

  /// The same for a component with its own error, which gets what it threw in the body back as it was.
  package func write<T: Sendable, Failure: StoreClientError>(
    isolated: Bool = false, throwing: Failure.Type,
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(Failure) -> T {
    do { return try await write(isolated: isolated, body) } catch { throw Failure(error) }
  }

  /// The same with a callback, which is called on the writer's thread and must return soon.
  ///
  /// When the work is refused, it is called before this function returns.
  package func submit<T: Sendable>(
    isolated: Bool = false,
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T,
    completion: @escaping @Sendable (Result<T, StoreError>) -> Void
  ) {
    guard let writer else { return completion(.failure(.readOnly)) }
    writer.submit(Submission(isIsolated: isolated, body: body, completion: completion))
  }

  /// Tells the writer that a caller has come back whose work is part of a submission that waits already.
  package func noteArrival() { writer?.noteArrival() }

  /// Runs a body on a snapshot of what is committed.
  ///
  /// It sees every write that returned before it was called.
  ///
  /// The body runs once, off the cooperative pool, and must be short: its snapshot holds up the reuse of the log.
  package func read<T: Sendable>(
    _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(StoreError) -> T {
    let result = await withCheckedContinuation { (continuation: CheckedContinuation<Result<T, StoreError>, Never>) in
      readers.submit(Submission(isIsolated: false, body: body) { continuation.resume(returning: $0) })
    }
    return try result.get()
  }

  /// The same for a component with its own error.
  package func read<T: Sendable, Failure: StoreClientError>(
    throwing: Failure.Type, _ body: @escaping @Sendable (borrowing StoreTransaction) throws -> T
  ) async throws(Failure) -> T {
    do { return try await read(body) } catch { throw Failure(error) }
  }
}
