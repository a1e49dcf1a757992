import FoundationEssentials

/// The mounts of this machine, as `/proc/self/mounts` lists them.
package struct MountTable: Sendable {
  /// One mount.
  package struct Entry: Sendable, Hashable {
    package var path: String
    package var type: String
    package var options: [Substring]

    package init(path: String, type: String, options: [Substring]) {
      self.path = path
      self.type = type
      self.options = options
    }
  }

  package let entries: [Entry]

  /// Reads the text of the table: device, path, type and options in columns.
  ///
  /// Blanks in paths are written in octal.
  package init(text: String) {
    entries = text.split(separator: "\n").compactMap { line -> Entry? in
      let columns = line.split(separator: " ")
      guard columns.count >= 4 else { return nil }
      return Entry(
        path: String(columns[1]).replacing("\\040", with: " "), type: String(columns[2]),
        options: columns[3].split(separator: ","))
    }
  }

  /// The table as it is now.
  package static func current() -> MountTable {
    MountTable(text: KernelFile.text("/proc/self/mounts"))
  }

  /// Whether something is mounted below a directory.
  package func hasMounts(below path: String) -> Bool {
    entries.contains { $0.path.hasPrefix("\(path)/") }
  }
}
