import FoundationEssentials
import Glibc
import SymbiontSystem

/// One small file of a control group.
struct CgroupFile: Sendable, Hashable {
  let path: String

  var exists: Bool { access(path, F_OK) == 0 }

  /// The text without blanks at its ends; nil when it cannot be read.
  var text: String? {
    guard let data = KernelFile.bytes(path) else { return nil }
    var text = Substring(String(decoding: data, as: UTF8.self))
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// The number in it; nil also for `max`, and for version 1's number that stands for no limit.
  var number: Int? { text.flatMap(Self.number(_:)) }

  /// Version 1 writes the largest number of pages for no limit; pages have up to 64 KiB.
  private static let unlimited = Int.max - 65_535

  static func number(_ text: some StringProtocol) -> Int? {
    guard let number = Int(text), number >= 0, number < unlimited else { return nil }
    return number
  }

  /// The value after a name, in a file of lines such as `name value`.
  func value(of name: String) -> Int? { text.flatMap { Self.value(of: name, in: $0) } }

  static func value(of name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      let columns = line.split(separator: " ")
      if columns.count == 2, columns[0] == name { return Int(columns[1]) }
    }
    return nil
  }

  /// Hands a value to the kernel, in one call as it must be.
  func write(_ value: String) throws(ControlGroupError) {
    do throws(SystemError) {
      let number = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
      guard number >= 0 else { throw .last }
      try Descriptor(owning: number).write(Array(value.utf8))
    } catch {
      throw .refused(file: path, value: value, reason: error)
    }
  }
}
