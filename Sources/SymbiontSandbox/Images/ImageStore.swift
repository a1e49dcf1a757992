package import SymbiontCore

/// The root file systems that sandboxes can have, in a directory that several processes may use.
///
/// Images are kept by their digest and found by names. An import is there as a whole or not at all; what a process left that
/// died meanwhile is removed by the next one. Nothing of an image is run, and no entry of an archive is written anywhere but
/// below the image's own directory.
package final class ImageStore: Sendable {
  let shelf: ImageShelf

  /// Makes a store in a directory, which is made at the first use.
  ///
  /// - Parameters:
  ///   - directory: Where images are kept; sandboxes must be able to pass through the directories above it.
  ///   - firstUserID: What is added to the ids of the image's files.
  ///   - limits: The bounds of imports.
  package init(directory: String, firstUserID: UInt32 = 1_900_000_000, limits: ImageLimits = ImageLimits()) {
    shelf = ImageShelf(directory: directory, firstUserID: firstUserID, limits: limits)
  }

  /// Imports an image: a root file system as a tar archive, an OCI layout as a directory or a tar archive, or what `docker
  /// save` wrote; archives may be packed with gzip.
  ///
  /// A name that is taken leads to the new image afterwards. Importing the same image again changes nothing.
  ///
  /// - Throws: ``SandboxError/imageInvalid(image:reason:)`` or ``SandboxError/imageStoreFailed(reason:)``; nothing is left
  ///   behind then.
  @discardableResult
  package func importArchive(path: String, name: String) async throws(SandboxError) -> SandboxImage {
    let name = try ImageName(name)
    return try await working { shelf throws(ImageError) in
      try shelf.importArchive(path: path, name: name)
    } about: { error in
      error.about(path)
    }
  }

  /// The images, by name.
  package func list() async throws(SandboxError) -> [SandboxImage] {
    try await working { shelf throws(ImageError) in
      try shelf.images()
    } about: { error in
      error.about("any")
    }
  }

  /// Finds an image and keeps it from being removed while the claim exists.
  ///
  /// - Throws: ``SandboxError/imageNotFound(image:)`` or ``SandboxError/imageStoreFailed(reason:)``.
  package func claim(_ name: String) async throws(SandboxError) -> ImageClaim {
    let imageName = try ImageName(name)
    let claim = try await working { shelf throws(ImageError) in
      try shelf.claim(imageName)
    } about: { error in
      error.about(name)
    }
    guard let claim else { throw .imageNotFound(image: name) }
    return claim
  }

  /// The directory with an image's files.
  ///
  /// Whoever uses it for longer takes a claim.
  package func root(of name: String) async throws(SandboxError) -> String { try await claim(name).rootDirectory }

  /// An ext4 file system with an image's files and the ids that they have inside, for virtual machines; made once.
  ///
  /// It is to be used read-only.
  package func diskImage(of name: String) async throws(SandboxError) -> String {
    let claim = try await claim(name)
    return try await working { shelf throws(ImageError) in
      try withExtendedLifetime(claim) { () throws(ImageError) in try shelf.diskImage(claim.image) }
    } about: { error in
      error.about(name)
    }
  }

  /// Removes a name, and the image when it has no other.
  ///
  /// - Throws: ``SandboxError/imageNotFound(image:)``, ``SandboxError/imageInUse(image:)`` while a claim exists, or
  ///   ``SandboxError/imageStoreFailed(reason:)``.
  package func remove(_ name: String) async throws(SandboxError) {
    let imageName = try ImageName(name)
    let outcome = try await working { shelf throws(ImageError) in
      try shelf.remove(imageName)
    } about: { error in
      error.about(name)
    }
    switch outcome {
    case .removed: return
    case .missing: throw .imageNotFound(image: name)
    case .inUse: throw .imageInUse(image: name)
    }
  }

  /// Runs the body away from the threads that run asynchronous code, on a store that is ready.
  private func working<Value: Sendable>(
    _ body: @escaping @Sendable (ImageShelf) throws(ImageError) -> Value,
    about: @escaping @Sendable (ImageError) -> SandboxError
  ) async throws(SandboxError) -> Value {
    try await BlockingWork.perform { [shelf] () throws(SandboxError) in
      do throws(ImageError) {
        try shelf.prepare()
        return try body(shelf)
      } catch {
        throw about(error)
      }
    }
  }
}
