import Foundation

/// The files of this repository.
enum Repository {
  /// Its root, three levels above this file's directory.
  static let root: String = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { url.deleteLastPathComponent() }
    return url.path
  }()

  /// The files below a directory whose names end so, as paths from the root, in order.
  static func files(in directory: String, suffix: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: "\(root)/\(directory)")
    return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(suffix) }.map { "\(directory)/\($0)" }
      .sorted()
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
  }
}
