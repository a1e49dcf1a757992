import Foundation
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("A data directory")
struct DataDirectoryTests {
  private func refusal(_ path: String) throws -> String {
    let error = #expect(throws: StoreError.self) {
      try Store.open(NotesSchema.configuration(.disk(directory: path)))
    }
    return try #require(error).description
  }

  @Test("and all files in it are for their owner only, whatever the umask is")
  func permissions() async throws {
    let parent = try TemporaryStoreDirectory()
    let path = parent.path + "/a/b"
    let store = try Store.open(NotesSchema.configuration(.disk(directory: path)))
    try await store.write { try $0.insert(1) }
    #expect(try FileStatus(parent.path + "/a").mode == 0o700)
    #expect(try FileStatus(path).mode == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(names == ["symbiont.lock", "symbiont.sqlite", "symbiont.sqlite-shm", "symbiont.sqlite-wal"])
    for name in names { #expect(try FileStatus(path + "/" + name).mode == 0o600, "\(name)") }
    await store.close()
  }

  @Test("with contents that others may use is refused", arguments: [0o755, 0o770, 0o701])
  func openToOthers(mode: Int) throws {
    let directory = try TemporaryStoreDirectory()
    try Data().write(to: URL(fileURLWithPath: directory.path + "/notes.txt"))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: directory.path)
    #expect(
      try refusal(directory.path)
        == "the data directory `\(directory.path)` can be used by others (mode `\(String(mode, radix: 8))`); "
        + "run `chmod 700 \(directory.path)`")
  }

  @Test("that is empty is closed to others")
  func emptyIsTightened() async throws {
    let directory = try TemporaryStoreDirectory()
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory.path)
    let store = try NotesSchema.open(directory)
    #expect(try FileStatus(directory.path).mode == 0o700)
    await store.close()
  }

  @Test("that is a file, or has one above it, is refused")
  func notADirectory() throws {
    let directory = try TemporaryStoreDirectory()
    let file = directory.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    #expect(try refusal(file) == "the data directory `\(file)` is not a directory; choose another path")
    #expect(try refusal(file + "/x") == "the data directory `\(file)/x` is not a directory; choose another path")
  }

  @Test("does not take a symbolic link for its database")
  func linkedDatabase() throws {
    let directory = try TemporaryStoreDirectory()
    let target = directory.path + "/target"
    try Data().write(to: URL(fileURLWithPath: target))
    try FileManager.default.createSymbolicLink(
      atPath: directory.path + "/symbiont.sqlite", withDestinationPath: target)
    #expect(try refusal(directory.path).contains("holds a symbolic link in place of a file"))
  }

  @Test("of another user is refused", .enabled(if: Privilege.isRoot, "only root can give a directory away"))
  func anotherUser() throws {
    let directory = try TemporaryStoreDirectory()
    try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: directory.path)
    #expect(try refusal(directory.path).contains("belongs to user `65534`, not to user `0`"))
  }

  @Test(
    "on a read-only file system is refused", .enabled(if: Privilege.canMount, "mounting needs CAP_SYS_ADMIN"))
  func readOnlyFileSystem() async throws {
    let mount = try TemporaryMount(megabytes: 1)
    try mount.remountReadOnly()
    #expect(
      try refusal(mount.path)
        == "the data directory `\(mount.path)` is on a read-only file system; "
        + "choose another directory, or mount it for writing")
    #expect(try refusal(mount.path + "/new").contains("is on a read-only file system"))
  }
}
