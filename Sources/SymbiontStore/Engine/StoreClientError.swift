/// The error of a component that keeps its records in the store.
///
/// `Store.write(throwing:)` and `Store.read(throwing:)` give such a component its own errors back as they were thrown in
/// the body, and everything else as `storeFailed`. A case `storeFailed(StoreError)` is enough to conform.
package protocol StoreClientError: Error {
  static func storeFailed(_ error: StoreError) -> Self
}

extension StoreClientError {
  package init(_ error: StoreError) {
    if case .rejected(let own as Self) = error {
      self = own
    } else {
      self = .storeFailed(error)
    }
  }
}
