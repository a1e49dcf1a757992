/// What was written to files of a group, so that it can be undone.
struct CgroupChanges {
  private var former: [(file: CgroupFile, value: String)] = []

  /// Writes a value, and remembers the former one.
  mutating func write(_ value: String, to file: CgroupFile, former: String? = nil) throws(ControlGroupError) {
    let former = former ?? file.text
    try file.write(value)
    if let former { self.former.append((file, former)) }
  }

  /// Writes the former values in reverse.
  ///
  /// They held a moment ago, so the kernel takes them; if it does not, the new one is the stricter that was asked for.
  mutating func undo() {
    for change in former.reversed() { try? change.file.write(change.value) }
    former = []
  }
}
