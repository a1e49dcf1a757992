/// What an extended header (pax, POSIX.1-2001) says of the entry that follows, as far as it is used.
struct TarAttributes: Sendable, Hashable {
  var path: [UInt8]?
  var target: [UInt8]?
  var size: UInt64?
  var userID: UInt64?
  var groupID: UInt64?
  var modified: Int64?

  /// Makes attributes that say nothing.
  init() {}

  /// Reads records of the form `LENGTH KEY=VALUE\n`, where the length counts the whole record.
  mutating func read(_ bytes: [UInt8]) throws(ImageError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let blank = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
        let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length <= rest.count,
        length > blank - rest.startIndex + 1, rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
      else { throw .invalid("an extended header is damaged") }
      let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
        throw .invalid("an extended header has a record without `=`")
      }
      try set(String(decoding: record[..<equals], as: UTF8.self), to: Array(record[(equals + 1)...]))
      rest = rest[(rest.startIndex + length)...]
    }
  }

  private mutating func set(_ key: String, to value: [UInt8]) throws(ImageError) {
    switch key {
    case "path": path = value
    case "linkpath": target = value
    case "size": size = try Self.number(value, key)
    case "uid": userID = try Self.number(value, key)
    case "gid": groupID = try Self.number(value, key)
    case "mtime": modified = try Self.seconds(value)
    case _ where key.hasPrefix("GNU.sparse."):
      throw .invalid("it has a sparse file of GNU tar: pack it again without `--sparse`")
    default: break
    }
  }

  private static func number(_ value: [UInt8], _ key: String) throws(ImageError) -> UInt64 {
    guard let number = UInt64(String(decoding: value, as: UTF8.self)) else {
      throw .invalid("the record `\(key)` of an extended header is not a number")
    }
    return number
  }

  /// The whole seconds of a decimal number.
  private static func seconds(_ value: [UInt8]) throws(ImageError) -> Int64 {
    let whole = value.prefix { $0 != UInt8(ascii: ".") }
    guard let number = Int64(String(decoding: whole, as: UTF8.self)) else {
      throw .invalid("the record `mtime` of an extended header is not a number")
    }
    return number
  }
}
