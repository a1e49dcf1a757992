import Foundation
import Glibc
import Testing

@testable import SymbiontSystem

@Suite("Files that the kernel makes up")
struct KernelFileTests {
  @Test("a file whose size is unknown is read to its end")
  func wholeFile() throws {
    let descriptors = try #require(KernelFile.bytes("/proc/self/maps"))
    #expect(descriptors.last == UInt8(ascii: "\n"))
    #expect(KernelFile.text("/proc/self/maps").contains("[stack]"))
  }

  @Test("a file that is missing has no bytes")
  func missing() {
    #expect(KernelFile.bytes("/proc/self/no-such-file") == nil)
    #expect(KernelFile.text("/proc/self/no-such-file").isEmpty)
  }

  /// Each kernel thread has an empty `cmdline`, and all of them are read whenever a sandbox ends.
  @Test("reading an empty file keeps no memory")
  func emptyFile() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "symbiont-empty-\(UUID())").path
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let before = Self.residentPages
    for _ in 0..<200_000 where KernelFile.bytes(path)?.isEmpty != true { Issue.record("the file is not read") }
    // A page for each reading would be 200,000; other tests allocate meanwhile, too.
    #expect(Self.residentPages - before < 100_000)
  }

  private static var residentPages: Int {
    KernelFile.text("/proc/self/statm").split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  @Test("the processes of the machine are seen with their arguments")
  func processes() throws {
    #expect(ProcessTable.arguments(of: getpid()).first == CommandLine.arguments.first)
    #expect(ProcessTable.name(of: getpid())?.isEmpty == false)
    #expect(ProcessTable.arguments(of: -1).isEmpty)
    #expect(ProcessTable.firstArgument(of: -1) == nil)
  }
}
