import FoundationEssentials
import Glibc

/// A directory of the runtime that holds files only.
package enum FlatDirectory {
  /// Removes a directory and the files in it.
  ///
  /// That it does not exist is no error.
  package static func remove(_ path: String) throws(SystemError) {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for entry in entries where unlink("\(path)/\(entry)") != 0 && errno != ENOENT {
      throw .last
    }
    guard rmdir(path) == 0 || errno == ENOENT else { throw .last }
  }
}
