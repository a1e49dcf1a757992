import Glibc
import SymbiontSystem

/// A control group, in every tree that it is needed in.
///
/// Its calls may take a moment (the kernel frees memory before it lets a limit be lowered), so they do not belong on the
/// threads that run asynchronous code; those that wait are asynchronous themselves.
package struct ControlGroup: Sendable, Hashable {
  /// Its path below the root of each tree, such as `/symbiont/NAME`.
  package let path: String
  /// The trees of the machine.
  package let hierarchy: CgroupHierarchy

  /// Names a group; it need not exist.
  package init(path: String, hierarchy: CgroupHierarchy) {
    self.path = path
    self.hierarchy = hierarchy
  }

  /// The group of a name among those of the runtime.
  package init(name: String, hierarchy: CgroupHierarchy) {
    self.init(path: "\(CgroupHierarchy.parent)/\(name)", hierarchy: hierarchy)
  }

  private static let directoryMode: mode_t = 0o755
  /// The deepest that groups are nested; the kernel's own limit of paths is of this order.
  static let maximumDepth = 32

  /// Its directories that exist, one in each tree.
  package var directories: [String] {
    hierarchy.trees.map { $0.root + path }.filter { access($0, F_OK) == 0 }
  }

  /// Its directories that exist and those of the groups in it, the inner ones first.
  var nestedDirectories: [String] { directories.flatMap { Self.nested($0, depth: 0) } }

  private static func nested(_ directory: String, depth: Int) -> [String] {
    guard depth < maximumDepth else { return [directory] }
    return CgroupHierarchy.subdirectories(of: directory).flatMap { nested("\(directory)/\($0)", depth: depth + 1) }
      + [directory]
  }

  /// Whether it exists in any tree.
  package var exists: Bool { !directories.isEmpty }

  /// Makes it in every tree that limits or counts, and turns the controllers on for it.
  ///
  /// That it exists is no error. When it throws, what it made is gone again.
  package func create() throws(ControlGroupError) {
    var made: [String] = []
    do throws(ControlGroupError) {
      for tree in hierarchy.trees where tree.isNeeded {
        if try create(in: tree) { made.append(tree.root + path) }
      }
    } catch {
      for directory in made { rmdir(directory) }
      throw error
    }
  }

  /// Makes the directories from the root down; false when it was there.
  private func create(in tree: CgroupTree) throws(ControlGroupError) -> Bool {
    var directory = tree.root
    var isNew = false
    for component in path.split(separator: "/") {
      if tree.version == .two { Self.enableControllers(in: directory) }
      directory += "/\(component)"
      isNew = mkdir(directory, Self.directoryMode) == 0
      guard isNew || errno == EEXIST else { throw .inaccessible(path: directory, reason: .last) }
    }
    return isNew
  }

  /// Turns the controllers on for the groups in a directory of version 2.
  ///
  /// One that cannot be turned on is met when its limit is set: its files are then missing.
  private static func enableControllers(in directory: String) {
    let available = CgroupFile(path: "\(directory)/cgroup.controllers").text ?? ""
    let enabled = CgroupFile(path: "\(directory)/cgroup.subtree_control").text ?? ""
    let missing = Set(available.split(separator: " ").map(String.init)).intersection(CgroupTree.neededControllers)
      .subtracting(enabled.split(separator: " ").map(String.init))
    for controller in missing.sorted() {
      try? CgroupFile(path: "\(directory)/cgroup.subtree_control").write("+\(controller)")
    }
  }

  /// Puts a process, with all its threads, into the group in every tree.
  ///
  /// What the process has already started stays where it is.
  package func add(processID: Int32) throws(ControlGroupError) {
    for directory in directories {
      try CgroupFile(path: "\(directory)/cgroup.procs").write("\(processID)")
    }
  }

  /// The processes in it and in the groups in it, as this process sees their numbers.
  package var processes: Set<Int32> {
    Set(nestedDirectories.flatMap { Self.processes(in: $0) })
  }

  /// The kernel writes 0 for a process that this one cannot see.
  private static func processes(in directory: String) -> [Int32] {
    (CgroupFile(path: "\(directory)/cgroup.procs").text ?? "").split(separator: "\n").compactMap { Int32($0) }
      .filter { $0 > 0 }
  }

  /// A file of a controller of version 1.
  func fileOne(_ controller: String, _ name: String) -> CgroupFile? {
    hierarchy.treeOne(controller).map { CgroupFile(path: "\($0.root)\(path)/\(name)") }
  }

  /// A file of a controller of version 2.
  func fileTwo(_ controller: String, _ name: String) -> CgroupFile? {
    hierarchy.treeTwo(controller).map { CgroupFile(path: "\($0.root)\(path)/\(name)") }
  }

  /// A file of version 2 that needs no controller.
  func fileTwo(_ name: String) -> CgroupFile? {
    hierarchy.unifiedRoot.map { CgroupFile(path: "\($0)\(path)/\(name)") }
  }

  /// What the kernel counted for it.
  ///
  /// What no controller counts is nil. A group that is gone is an error.
  package func counters() throws(ControlGroupError) -> ControlGroupCounters {
    guard exists else { throw .inaccessible(path: path, reason: SystemError(code: ENOENT)) }
    let directories = directories
    return ControlGroupCounters { name in
      directories.lazy.compactMap { CgroupFile(path: "\($0)/\(name)").text }.first { !$0.isEmpty }
    }
  }
}
