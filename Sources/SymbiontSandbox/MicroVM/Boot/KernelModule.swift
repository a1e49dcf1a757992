/// A module of the kernel, and those that it needs.
struct KernelModule: Sendable, Hashable {
  /// Its name, with `_` in it, never `-`.
  let name: String
  /// The modules that must be loaded before it.
  let dependencies: [String]
  /// The file.
  let bytes: [UInt8]

  private static let marker = Array("\0depends=".utf8)

  /// Reads what a module's file says of itself; nil when it says nothing, as then it is no module.
  init?(name: String, bytes: [UInt8]) {
    guard let start = Self.position(of: Self.marker, in: bytes) else { return nil }
    let value = bytes[(start + Self.marker.count)...].prefix { $0 != 0 }
    self.name = Self.normalized(name)
    dependencies = String(decoding: value, as: UTF8.self).split(separator: ",").map { Self.normalized(String($0)) }
    self.bytes = bytes
  }

  /// The kernel takes `-` and `_` for the same.
  private static func normalized(_ name: String) -> String { String(name.map { $0 == "-" ? "_" : $0 }) }

  private static func position(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      var index = 0
      while index + pattern.count <= buffer.count {
        // Zero bytes are many; the one that counts is followed by the first letter.
        if buffer[index] == pattern[0], buffer[index + 1] == pattern[1],
          buffer[index..<(index + pattern.count)].elementsEqual(pattern)
        {
          return index
        }
        index += 1
      }
      return nil
    }
  }

  /// The wanted modules and all that they need, in an order in which they can be loaded.
  ///
  /// What is not there is taken for a part of the kernel itself.
  static func loadingOrder(of wanted: [String], from available: [KernelModule]) -> [KernelModule] {
    let byName = Dictionary(available.map { ($0.name, $0) }) { first, _ in first }
    var order: [KernelModule] = []
    var seen: Set<String> = []
    func visit(_ name: String) {
      guard seen.insert(name).inserted, let module = byName[name] else { return }
      module.dependencies.forEach(visit)
      order.append(module)
    }
    wanted.map(normalized).forEach(visit)
    return order
  }
}
