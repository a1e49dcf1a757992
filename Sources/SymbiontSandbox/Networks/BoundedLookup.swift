import Dispatch
import SymbiontCore
import Synchronization

/// Resolves names away from the threads that run asynchronous code, and gives up in time.
struct BoundedLookup: Sendable {
  let resolver: any HostResolver
  let timeout: Duration

  private static let queue = DispatchQueue(label: "symbiont.sandbox.lookup", attributes: .concurrent)

  /// Takes the first answer only.
  private final class Answer: Sendable {
    typealias Continuation = CheckedContinuation<Result<[IPv4Address], HostResolutionError>?, Never>
    private let continuation: Mutex<Continuation?>

    init(_ continuation: Continuation) {
      self.continuation = Mutex(continuation)
    }

    func give(_ result: Result<[IPv4Address], HostResolutionError>?) {
      let waiting = continuation.withLock { waiting -> Continuation? in
        defer { waiting = nil }
        return waiting
      }
      waiting?.resume(returning: result)
    }
  }

  /// The addresses of each name; there is at least one of each.
  func addresses(of names: [String], atOnce width: Int) async throws(SandboxError) -> [(String, [IPv4Address])] {
    var found: [(String, [IPv4Address])] = []
    var rest = names[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(width))
      rest = rest.dropFirst(width)
      let results = await withTaskGroup(of: (String, Result<[IPv4Address], SandboxError>).self) { group in
        for name in batch {
          group.addTask { (name, await result(of: name)) }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      for (name, result) in results.sorted(by: { $0.0 < $1.0 }) { found.append((name, try result.get())) }
    }
    return found
  }

  private func result(of name: String) async -> Result<[IPv4Address], SandboxError> {
    let answer = await withCheckedContinuation { continuation in
      let answer = Answer(continuation)
      Self.queue.async { [resolver] in
        do throws(HostResolutionError) {
          answer.give(.success(try resolver.addresses(of: name)))
        } catch {
          answer.give(.failure(error))
        }
      }
      // A lookup that takes longer ends by the resolver's own timeout, and nobody waits for it.
      Self.queue.asyncAfter(deadline: .now() + .nanoseconds(Int(timeout / .nanoseconds(1)))) { answer.give(nil) }
    }
    switch answer {
    case nil:
      return .failure(.timedOut(operation: "resolve \(name)", after: timeout))
    case .failure(let error) where error.isTemporary:
      return .failure(
        .startFailed(reason: "the host `\(name)` of the allow-list could not be resolved: \(error.reason)"))
    case .failure(let error):
      return .failure(.configurationInvalid(reason: "the host `\(name)` of the allow-list is unknown: \(error.reason)"))
    case .success([]):
      return .failure(
        .configurationInvalid(reason: "the host `\(name)` of the allow-list has no address of version 4"))
    case .success(let addresses):
      return .success(addresses)
    }
  }
}
