import Crypto

/// The image of ours from which the engine makes containers: mount points, links and a few files.
///
/// It is imported once and named after its contents, so that drivers of any age share it and none changes it.
struct DockerBaseImage: Sendable, Hashable {
  /// The name of all these images.
  static let repository = "symbiont-base"

  let archive: [UInt8]
  let tag: String

  private static let tagBytes = 16
  private static let hexadecimalDigits = Array("0123456789abcdef")

  init(_ root: DockerRoot) throws(TapeArchive.Failure) {
    archive = try root.archive()
    tag = SHA256.hash(data: archive).prefix(Self.tagBytes).reduce(into: "") { text, byte in
      text.append(Self.hexadecimalDigits[Int(byte >> 4)])
      text.append(Self.hexadecimalDigits[Int(byte & 0xf)])
    }
  }

  /// The name by which the engine finds it.
  var reference: String { "\(Self.repository):\(tag)" }

  /// Imports it, unless the engine has it.
  func provide(_ client: DockerClient) async throws(DockerError) {
    guard try await !client.hasImage(reference) else { return }
    try await client.importImage(archive, repository: Self.repository, tag: tag)
  }
}
