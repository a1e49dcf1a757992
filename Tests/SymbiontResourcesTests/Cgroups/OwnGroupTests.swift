import Testing

@testable import SymbiontResources

/// Where the group of this process is found.
struct OwnGroupTests {
  private static let freezer = CgroupTree(root: "/c/freezer", version: .one, controllers: ["freezer"])
  private static let processor = CgroupTree(root: "/c/cpu", version: .one, controllers: ["cpu", "cpuacct"])
  private static let unified = CgroupTree(root: "/c", version: .two, controllers: ["cpu", "memory"])

  @Test(
    "the first tree that has the process is taken, whatever stands before its line",
    arguments: [
      ([freezer], "9:name=systemd:/a\n4:freezer:/\n0::/\n", "/c/freezer/cgroup.procs"),
      ([processor], "4:freezer:/x\n3:cpu,cpuacct:/system/a:b\n", "/c/cpu/system/a:b/cgroup.procs"),
      ([freezer, unified], "0::/user.slice\n", "/c/user.slice/cgroup.procs"),
    ])
  func path(trees: [CgroupTree], membership: String, file: String) {
    #expect(CgroupHierarchy.ownGroupFile(of: trees, membership: membership) == file)
  }

  @Test(
    "a text of another form, or of other trees, leads nowhere",
    arguments: [
      "", "\n", "freezer", "4:freezer", "4:freezer:relative\n", "4:cpu:/\n", "0::/\n",
    ])
  func nothing(membership: String) {
    #expect(CgroupHierarchy.ownGroupFile(of: [Self.freezer], membership: membership) == nil)
  }
}
