import Foundation
import Glibc
import Testing

@testable import SymbiontResources

/// Directories with recorded files, in the place of mounted control groups.
///
/// They take every value, so tests of them see what is written and in which order it would have to be, and tests of real
/// groups see that the kernel takes it.
struct FakeTrees: Sendable {
  let directory: String
  let hierarchy: CgroupHierarchy

  /// The path of the one group in each tree.
  static let group = "/symbiont/one"

  private init(_ trees: [CgroupTree], directory: String) {
    self.directory = directory
    hierarchy = CgroupHierarchy(trees: trees)
  }

  var controlGroup: ControlGroup { ControlGroup(path: Self.group, hierarchy: hierarchy) }

  /// Calls the body with a tree for each controller of version 1.
  static func one(_ controllers: [String: [String: String]], _ body: (FakeTrees) async throws -> Void) async throws {
    try await run(body) { directory in
      controllers.keys.sorted().map { controller in
        CgroupTree(root: "\(directory)/\(controller)", version: .one, controllers: [controller])
      }
    } files: { tree in
      controllers[tree.controllers.first ?? ""] ?? [:]
    }
  }

  /// Calls the body with the tree of version 2.
  static func two(
    _ files: [String: String], controllers: Set<String> = ["memory", "cpu", "pids", "io"],
    _ body: (FakeTrees) async throws -> Void
  ) async throws {
    try await run(body) {
      [CgroupTree(root: "\($0)/unified", version: .two, controllers: controllers)]
    } files: { _ in
      files
    }
  }

  private static func run(
    _ body: (FakeTrees) async throws -> Void, trees: (String) -> [CgroupTree],
    files: (CgroupTree) -> [String: String]
  ) async throws {
    let directory = "/tmp/symbiont-trees-\(UInt64.random(in: .min ... .max))"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let fake = FakeTrees(trees(directory), directory: directory)
    for tree in fake.hierarchy.trees {
      try FileManager.default.createDirectory(atPath: tree.root + group, withIntermediateDirectories: true)
      for (name, text) in files(tree) { try Data(text.utf8).write(to: URL(filePath: "\(tree.root)\(group)/\(name)")) }
    }
    try await body(fake)
  }

  /// The text of a file of the group, in the tree of the given name.
  func text(_ tree: String, _ file: String) -> String? {
    FileManager.default.contents(atPath: "\(directory)/\(tree)\(Self.group)/\(file)")
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// Makes a file of the group such that nobody can write it.
  func refuse(_ tree: String, _ file: String) throws {
    let path = "\(directory)/\(tree)\(Self.group)/\(file)"
    try? FileManager.default.removeItem(atPath: path)
    try #require(mkdir(path, 0o755) == 0)
  }
}
