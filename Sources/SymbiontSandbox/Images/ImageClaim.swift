import Glibc
import SymbiontSystem

/// Keeps an image from being removed for as long as the value exists, also by other processes.
package final class ImageClaim: Sendable {
  /// The image.
  package let image: SandboxImage
  /// Its files, with ids shifted to those of sandboxes.
  package let rootDirectory: String
  private let lock: Descriptor

  init(image: SandboxImage, rootDirectory: String, lock: Descriptor) {
    self.image = image
    self.rootDirectory = rootDirectory
    self.lock = lock
  }

  deinit {
    // A program that is being started has a copy of the descriptor for a moment, and with it the lock.
    lock.use { number in _ = flock(number, LOCK_UN) }
  }
}
