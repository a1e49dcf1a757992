package import SymbiontCore
import Synchronization

/// The images of a data directory, each kept while a sandbox uses it.
package final class StoredImages: SandboxImages {
  private let store: ImageStore
  private let claims = Mutex<[SandboxID: ImageClaim]>([:])

  /// Takes them from a store.
  package init(_ store: ImageStore) { self.store = store }

  package func root(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String {
    let claim = try await store.claim(image)
    claims.withLock { $0[sandboxID] = claim }
    return claim.rootDirectory
  }

  package func disk(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String {
    let claim = try await store.claim(image)
    claims.withLock { $0[sandboxID] = claim }
    return try await store.diskImage(of: image)
  }

  package func release(_ image: String, by sandboxID: SandboxID) async {
    claims.withLock { $0[sandboxID] = nil }
  }
}
