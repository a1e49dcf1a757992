import Foundation

/// The size and permissions of a file.
struct FileStatus {
  let bytes: Int
  let mode: Int

  init(_ path: String) throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    bytes = (attributes[.size] as? NSNumber)?.intValue ?? -1
    mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
  }
}
