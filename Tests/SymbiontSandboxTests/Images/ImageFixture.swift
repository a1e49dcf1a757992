import Foundation
import Glibc
import Testing

@testable import SymbiontCore
@testable import SymbiontSandbox

/// A store in a directory of its own, beside a file that no archive may touch.
struct ImageFixture: Sendable {
  let directory: String
  let store: ImageStore
  static let firstUserID: UInt32 = 1_900_000_000

  private init(_ limits: ImageLimits) throws {
    directory = "/tmp/symbiont-images-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    store = ImageStore(directory: "\(directory)/store", firstUserID: Self.firstUserID, limits: limits)
    try #require(mkdir(directory, 0o711) == 0)
    try Data("untouched".utf8).write(to: URL(fileURLWithPath: "\(directory)/canary"))
  }

  /// Calls the body with a store, and checks that nothing outside of the images changed and nothing half-made is left.
  static func run(limits: ImageLimits = ImageLimits(), _ body: (ImageFixture) async throws -> Void) async throws {
    let fixture = try ImageFixture(limits)
    defer { try? DirectoryTree.remove(path: fixture.directory) }
    try await body(fixture)
    #expect(try String(contentsOfFile: "\(fixture.directory)/canary", encoding: .utf8) == "untouched")
    let files = try FileManager.default.contentsOfDirectory(atPath: fixture.directory)
    #expect(Set(files).subtracting(["canary", "store", "archive", "layout", "archive.gz"]) == [])
    let temporary = try? FileManager.default.contentsOfDirectory(atPath: "\(fixture.directory)/store/temporary")
    #expect(temporary ?? [] == [])
  }

  /// Writes an archive and returns its path.
  func archive(_ bytes: [UInt8]) throws -> String {
    let path = "\(directory)/archive"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Packs an archive with gzip and returns its path.
  func packed(_ bytes: [UInt8]) throws -> String {
    let path = try archive(bytes)
    let process = try Process.run(URL(fileURLWithPath: "/bin/gzip"), arguments: ["-kf", path])
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return "\(path).gz"
  }

  /// Imports an archive under the name `image` and returns the directory of its files.
  func root(_ bytes: [UInt8]) async throws -> String {
    try await store.importArchive(path: archive(bytes), name: "image")
    return try await store.root(of: "image")
  }

  /// The reason for which an archive is refused.
  func refusal(_ bytes: [UInt8]) async throws -> String {
    try await refusal(path: archive(bytes))
  }

  /// The reason for which an archive is refused.
  func refusal(path: String) async throws -> String {
    let error = await #expect(throws: SandboxError.self) {
      try await store.importArchive(path: path, name: "image")
    }
    guard case .imageInvalid(_, let reason) = error else { return "another error: \(error?.message ?? "none")" }
    return reason
  }
}

/// What a file is, for expectations.
struct FileFacts: Equatable {
  var mode: UInt32
  var user: UInt32
  var group: UInt32
  var modified: Int

  init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    mode = status.st_mode & 0o7777
    user = status.st_uid
    group = status.st_gid
    modified = status.st_mtim.tv_sec
  }
}

/// The text of a file; nil when there is none.
func contents(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
