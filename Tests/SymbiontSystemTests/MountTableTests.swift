import SymbiontSystem
import Testing

@Suite("The table of mounts")
struct MountTableTests {
  @Test("paths with blanks are read as they are")
  func blanks() {
    let table = MountTable(text: "tmpfs /a\\040b tmpfs rw,nosuid 0 0\n")
    #expect(table.entries == [MountTable.Entry(path: "/a b", type: "tmpfs", options: ["rw", "nosuid"])])
    #expect(table.hasMounts(below: "/") == false)
  }
}
