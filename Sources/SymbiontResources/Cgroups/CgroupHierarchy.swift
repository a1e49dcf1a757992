import FoundationEssentials
import Glibc
package import SymbiontSystem

/// One mounted tree of control groups.
package struct CgroupTree: Sendable, Hashable {
  /// The interfaces of the kernel.
  package enum Version: Sendable, Hashable {
    /// A tree for each controller, or for a few.
    case one
    /// One tree for all.
    case two
  }

  /// Where it is mounted.
  package let root: String
  /// Its interface.
  package let version: Version
  /// The controllers that it has.
  package let controllers: Set<String>

  package init(root: String, version: Version, controllers: Set<String>) {
    self.root = root
    self.version = version
    self.controllers = controllers
  }

  /// The controllers that limit, count, stop and end processes.
  static let neededControllers: Set<String> = ["memory", "cpu", "cpuacct", "pids", "blkio", "io", "freezer"]

  /// Whether groups are made in it; version 2 also stops and ends processes without a controller.
  var isNeeded: Bool { version == .two || !controllers.isDisjoint(with: Self.neededControllers) }
}

/// The control groups of this machine: one tree for each controller (version 1), one tree for all (version 2), or both.
package struct CgroupHierarchy: Sendable, Hashable {
  /// The directory, below the root of each tree, in which the groups of the runtime are.
  package static let parent = "/symbiont"

  /// The trees; each controller is in one of them.
  ///
  /// Those of version 1 that limit or count come first, then the others of version 1: where both versions are mounted,
  /// the controllers are in version 1.
  package let trees: [CgroupTree]

  /// Makes a hierarchy of trees.
  package init(trees: [CgroupTree]) {
    let one = trees.filter { $0.version == .one }
    self.trees =
      one.filter(\.isNeeded) + one.filter { !$0.isNeeded } + trees.filter { $0.version == .two }
  }

  /// Finds the trees in a mount table.
  ///
  /// A tree that is mounted several times counts once.
  package init(_ mounts: MountTable) {
    var trees: [CgroupTree] = []
    for entry in mounts.entries {
      let tree: CgroupTree
      switch entry.type {
      case "cgroup":
        let controllers = Set(entry.options.map(String.init)).subtracting(["rw", "ro", "relatime"])
        tree = CgroupTree(root: entry.path, version: .one, controllers: controllers)
      case "cgroup2":
        let controllers = CgroupFile(path: "\(entry.path)/cgroup.controllers").text ?? ""
        tree = CgroupTree(
          root: entry.path, version: .two, controllers: Set(controllers.split(separator: " ").map(String.init)))
      default: continue
      }
      let isKnown = trees.contains { $0.version == tree.version && $0.controllers == tree.controllers }
      if !isKnown { trees.append(tree) }
    }
    self.init(trees: trees)
  }

  /// The root of each version 1 tree.
  package var controllerRoots: [String] { trees.filter { $0.version == .one }.map(\.root) }
  /// The root of the version 2 tree, if it is mounted.
  package var unifiedRoot: String? { trees.first { $0.version == .two }?.root }
  /// Whether no tree is mounted.
  package var isEmpty: Bool { trees.isEmpty }

  /// The directories that hold the groups of the runtime, one in each tree.
  ///
  /// They exist once there was a group.
  package var parentDirectories: [String] { trees.map { $0.root + Self.parent } }

  /// The tree that has a controller of version 1.
  func treeOne(_ controller: String) -> CgroupTree? {
    trees.first { $0.version == .one && $0.controllers.contains(controller) }
  }

  /// The tree of version 2, if it has the controller.
  func treeTwo(_ controller: String) -> CgroupTree? {
    trees.first { $0.version == .two && $0.controllers.contains(controller) }
  }

  /// The names of all groups of the runtime, in any tree.
  package func names() -> Set<String> {
    Set(parentDirectories.flatMap(Self.subdirectories(of:)))
  }

  /// The names of the directories in a directory.
  static func subdirectories(of path: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return entries.filter { entry in
      var status = stat()
      return lstat("\(path)/\(entry)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
  }
}
