import Glibc
import SymbiontSystem

extension ImageTree {
  /// What the names of files begin with that hide something of lower layers (OCI image specification, "Whiteouts").
  private static let whiteout = Array(".wh.".utf8)
  private static let opaque = Array(".wh..wh..opq".utf8)
  private static let reserved = Array(".wh..wh.".utf8)

  /// Carries out what a file of a layer hides; false when the file is an ordinary one.
  mutating func hide(_ entry: TarEntry) throws(ImageError) -> Bool {
    guard let name = entry.path.name, name.starts(with: Self.whiteout) else { return false }
    if name == Self.opaque {
      try hideAll(in: entry.path.parent)
      return true
    }
    // Other names of this form belong to the union file system that invented them.
    guard !name.starts(with: Self.reserved) else { return true }
    let hidden = Array(name.dropFirst(Self.whiteout.count))
    guard !hidden.isEmpty, hidden != Array(".".utf8), hidden != Array("..".utf8) else {
      throw .invalid("the whiteout \(entry.path.description) hides no name")
    }
    let path = TarPath(names: entry.path.parent.names + [hidden])
    guard !layerPaths.contains(path), let parent = try? openInRoot(path.parent) else { return true }
    try removeIfThere(hidden, in: parent, path: path)
    return true
  }

  /// Removes everything of lower layers from a directory, also from directories in it that both have.
  private mutating func hideAll(in path: TarPath) throws(ImageError) {
    guard let directory = try? openInRoot(path) else { return }
    for name in try names(in: directory, path) {
      let inner = TarPath(names: path.names + [name])
      if !layerPaths.contains(inner) {
        try remove(name, in: directory, path: inner)
      } else if Self.status(name, in: directory).map({ $0.st_mode & S_IFMT == S_IFDIR }) == true,
        inner.names.count <= ImageLimits.depth
      {
        try hideAll(in: inner)
      }
    }
  }

  /// Remembers that the current layer has a path, and so the directories above it.
  mutating func remember(_ path: TarPath) {
    var path = path
    while layerPaths.insert(path).inserted, !path.names.isEmpty { path = path.parent }
  }

  /// Removes whatever has a name, if anything has.
  mutating func removeIfThere(_ name: [UInt8], in parent: Descriptor, path: TarPath) throws(ImageError) {
    if Self.status(name, in: parent) != nil { try remove(name, in: parent, path: path) }
  }

  /// Removes whatever has a name; links are not followed.
  mutating func remove(_ name: [UInt8], in parent: Descriptor, path: TarPath) throws(ImageError) {
    try ImageError.attempt("remove \(path.description)") { () throws(SystemError) in
      if Self.withName(name, { name in parent.use { unlinkat($0, name, 0) } }) == 0 { return }
      guard errno == EISDIR else { throw .last }
      try DirectoryTree.remove(name, in: parent)
    }
    forget()
  }

  private func names(in directory: Descriptor, _ path: TarPath) throws(ImageError) -> [[UInt8]] {
    try ImageError.attempt("list \(path.description)") { () throws(SystemError) in
      try DirectoryTree.names(in: directory)
    }
  }
}
