import Glibc

@testable import SymbiontSandbox

/// Writes tar archives for tests, also wrong ones.
struct TestArchive {
  private(set) var bytes: [UInt8] = []

  /// Adds an entry; numbers that do not fit their field are cut.
  @discardableResult
  mutating func add(
    _ name: String, type: Character = "0", _ data: [UInt8] = [], target: String = "", mode: Int = 0o644, user: Int = 0,
    group: Int = 0, modified: Int = 1_700_000_000, size: Int? = nil
  ) -> Self {
    var block = [UInt8](repeating: 0, count: TarHeader.size)
    func put(_ text: String, at offset: Int, limit: Int) {
      for (index, byte) in text.utf8.prefix(limit).enumerated() { block[offset + index] = byte }
    }
    func octal(_ value: Int, at offset: Int, digits: Int) {
      let text = String(value, radix: 8)
      put(String(repeating: "0", count: max(0, digits - text.count)) + text, at: offset, limit: digits)
    }
    put(name, at: 0, limit: 100)
    octal(mode, at: 100, digits: 7)
    octal(user, at: 108, digits: 7)
    octal(group, at: 116, digits: 7)
    octal(size ?? data.count, at: 124, digits: 11)
    octal(modified, at: 136, digits: 11)
    block[156] = type.asciiValue ?? 0
    put(target, at: 157, limit: 100)
    put("ustar\u{0}00", at: 257, limit: 8)
    for index in 148..<156 { block[index] = UInt8(ascii: " ") }
    octal(block.reduce(0) { $0 + Int($1) }, at: 148, digits: 6)
    block[154] = 0
    bytes += block + data
    bytes += [UInt8](repeating: 0, count: (TarHeader.size - bytes.count % TarHeader.size) % TarHeader.size)
    return self
  }

  @discardableResult
  mutating func add(_ name: String, text: String, mode: Int = 0o644, user: Int = 0) -> Self {
    add(name, Array(text.utf8), mode: mode, user: user)
  }

  @discardableResult
  mutating func directory(_ name: String, mode: Int = 0o755, user: Int = 0) -> Self {
    add(name, type: "5", mode: mode, user: user)
  }

  @discardableResult
  mutating func link(_ name: String, to target: String) -> Self { add(name, type: "2", target: target, mode: 0o777) }

  @discardableResult
  mutating func hardLink(_ name: String, to target: String) -> Self { add(name, type: "1", target: target) }

  /// Adds an extended header for the next entry.
  @discardableResult
  mutating func extend(_ records: [(String, String)], type: Character = "x") -> Self {
    var data: [UInt8] = []
    for (key, value) in records {
      let rest = " \(key)=\(value)\n".utf8.count
      var length = rest + 1
      while String(length).utf8.count + rest != length { length += 1 }
      data += Array("\(length) \(key)=\(value)\n".utf8)
    }
    return add("header", type: type, data)
  }

  /// The archive with its end.
  var ended: [UInt8] { bytes + [UInt8](repeating: 0, count: 2 * TarHeader.size) }

  /// An archive that a closure fills.
  static func make(_ body: (inout TestArchive) -> Void) -> [UInt8] {
    var archive = TestArchive()
    body(&archive)
    return archive.ended
  }
}
