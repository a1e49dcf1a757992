import Foundation
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("Archives of initial files")
struct CpioArchiveTests {
  @Test("the system's own program unpacks what was written, byte for byte")
  func unpacking() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed: \(seed)")
    var generator = SeededRandom(seed: seed)
    var files: [String: [UInt8]] = [:]
    for index in 0..<20 {
      files["directory/file-\(index)"] = (0..<Int.random(in: 0...5_000, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
    }
    let entries =
      [CpioArchive.Entry(path: "directory", content: .directory)]
      + files.sorted { $0.key < $1.key }.map {
        CpioArchive.Entry(path: $0.key, permissions: 0o640, content: .file($0.value))
      } + [CpioArchive.Entry(path: "link", permissions: 0o777, content: .link(target: "directory/file-0"))]
    let bytes = try #require(CpioArchive.encode(entries))
    #expect(bytes == CpioArchive.encode(entries))
    let read = ArchiveReader.read(bytes)
    #expect(read.map(\.path) == entries.map(\.path) + ["TRAILER!!!"])
    for entry in read where files[entry.path] != nil {
      #expect(entry.data == files[entry.path])
      #expect(entry.mode == 0o100640)
    }
    #expect(read.first { $0.path == "link" }?.data == Array("directory/file-0".utf8))
  }

  @Test(
    "names that the format cannot hold are refused",
    arguments: ["", "a\0b", "TRAILER!!!", String(repeating: "x", count: 5_000)])
  func badNames(_ name: String) {
    #expect(CpioArchive.encode([CpioArchive.Entry(path: name, content: .directory)]) == nil)
  }

  @Test("modules come after what they need, each once, and a circle ends")
  func modules() throws {
    func module(_ name: String, _ needs: String) throws -> KernelModule {
      try #require(KernelModule(name: name, bytes: Array("ELF\0license=GPL\0depends=\(needs)\0".utf8)))
    }
    let available = try [
      module("virtio-ring", ""), module("virtio", "virtio_ring"), module("virtio_blk", "virtio,virtio_ring"),
      module("a", "b"), module("b", "a"),
    ]
    let order = KernelModule.loadingOrder(of: ["virtio_blk", "virtio", "built_in", "a"], from: available)
    #expect(order.map(\.name) == ["virtio_ring", "virtio", "virtio_blk", "b", "a"])
    #expect(KernelModule(name: "x", bytes: Array("nothing".utf8)) == nil)
    #expect(KernelModule(name: "x", bytes: []) == nil)
  }
}

/// A reader of the format for tests only.
private enum ArchiveReader {
  struct Entry {
    var path: String
    var mode: Int
    var data: [UInt8]
  }

  static func read(_ bytes: [UInt8]) -> [Entry] {
    var entries: [Entry] = []
    var offset = 0
    while offset + 110 <= bytes.count {
      func field(_ index: Int) -> Int {
        Int(String(decoding: bytes[(offset + 6 + index * 8)..<(offset + 14 + index * 8)], as: UTF8.self), radix: 16)
          ?? -1
      }
      let (mode, size, nameSize) = (field(1), field(6), field(11))
      let nameStart = offset + 110
      let name = String(decoding: bytes[nameStart..<(nameStart + nameSize - 1)], as: UTF8.self)
      let dataStart = (nameStart + nameSize + 3) / 4 * 4
      entries.append(Entry(path: name, mode: mode, data: Array(bytes[dataStart..<(dataStart + size)])))
      offset = (dataStart + size + 3) / 4 * 4
    }
    return entries
  }
}
