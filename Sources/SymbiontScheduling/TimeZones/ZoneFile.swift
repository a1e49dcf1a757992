/// Reads the compiled time zone files of the system: TZif, versions 1 to 4 (RFC 9636).
struct ZoneFile {
  private static let headerBytes = 44

  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The counts of a header.
  private struct Header {
    var version: UInt8
    var universal: Int
    var standard: Int
    var leaps: Int
    var times: Int
    var types: Int
    var characters: Int

    func dataBytes(timeBytes: Int) -> Int {
      times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + standard + universal
    }
  }

  /// The zone; nil when the bytes are no such file.
  func zone(named name: String) -> Zone? {
    guard let header = header(at: 0) else { return nil }
    guard header.version >= UInt8(ascii: "2") else {
      return zone(named: name, header: header, start: Self.headerBytes, timeBytes: 4, rule: nil)
    }
    let second = Self.headerBytes + header.dataBytes(timeBytes: 4)
    guard let wide = self.header(at: second) else { return nil }
    let start = second + Self.headerBytes
    let footer = start + wide.dataBytes(timeBytes: 8)
    guard footer < bytes.count, bytes[footer] == UInt8(ascii: "\n"), let end = bytes[(footer + 1)...].firstIndex(of: 10)
    else { return nil }
    let text = String(decoding: bytes[(footer + 1)..<end], as: UTF8.self)
    let rule = PosixZone(text)
    guard text.isEmpty || rule != nil else { return nil }
    return zone(named: name, header: wide, start: start, timeBytes: 8, rule: rule)
  }

  private func zone(named name: String, header: Header, start: Int, timeBytes: Int, rule: PosixZone?) -> Zone? {
    guard header.types > 0, start + header.dataBytes(timeBytes: timeBytes) <= bytes.count else { return nil }
    let kinds = start + header.times * timeBytes
    let types = kinds + header.times
    func offset(ofType type: Int) -> Int { Int(truncatingIfNeeded: integer(at: types + type * 6, bytes: 4)) }
    var changes: [Zone.Change] = []
    var current = offset(ofType: 0)
    for index in 0..<header.times {
      let type = Int(bytes[kinds + index])
      guard type < header.types else { return nil }
      let change = Zone.Change(
        at: integer(at: start + index * timeBytes, bytes: timeBytes), offset: offset(ofType: type))
      // A change of the name alone, or of what counts as standard time, changes no time.
      guard change.offset != current else { continue }
      if let last = changes.last, change.at <= last.at { return nil }
      changes.append(change)
      current = change.offset
    }
    return Zone(name: name, changes: changes, first: offset(ofType: 0), rule: rule)
  }

  private func header(at start: Int) -> Header? {
    guard start >= 0, start + Self.headerBytes <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8)
    else { return nil }
    let counts = (0..<6).map { integer(at: start + 20 + $0 * 4, bytes: 4) }
    guard counts.allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
    return Header(
      version: bytes[start + 4], universal: Int(counts[0]), standard: Int(counts[1]), leaps: Int(counts[2]),
      times: Int(counts[3]), types: Int(counts[4]), characters: Int(counts[5]))
  }

  /// A signed number, most significant byte first.
  private func integer(at start: Int, bytes count: Int) -> Int64 {
    let negative = bytes[start] & 0x80 != 0
    return bytes[start..<start + count].reduce(negative ? -1 : 0) { $0 << 8 | Int64($1) }
  }
}
