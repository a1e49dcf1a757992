package import SymbiontCore
import Synchronization

/// The images that sandboxes use, each kept from being removed until its sandboxes are gone.
package final class ImageClaims: SandboxImages {
  private let store: ImageStore
  /// One claim is enough for a sandbox, whatever it needs of its image.
  private let claims = Mutex<[SandboxID: ImageClaim]>([:])

  /// Makes a register for the images of a store.
  package init(_ store: ImageStore) {
    self.store = store
  }

  package func root(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String {
    let claim = try await store.claim(image)
    claims.withLock { $0[sandboxID] = claim }
    return claim.rootDirectory
  }

  package func disk(of image: String, for sandboxID: SandboxID) async throws(SandboxError) -> String {
    let claim = try await store.claim(image)
    let path = try await store.diskImage(of: image)
    claims.withLock { $0[sandboxID] = claim }
    return path
  }

  package func release(_ image: String, by sandboxID: SandboxID) async {
    claims.withLock { _ = $0.removeValue(forKey: sandboxID) }
  }
}
