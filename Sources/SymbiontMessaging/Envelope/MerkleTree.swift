import Crypto

/// The hashes of a batch, as a tree whose root stands for all of them (RFC 9162, section 2.1).
package struct MerkleTree: Sendable {
  /// A hash of 32 bytes, kept where it is used.
  package struct Node: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    static let zero = Node(words: (0, 0, 0, 0))

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
      self.words = words
    }

    /// Takes the 32 bytes that start there.
    init(loading bytes: UnsafeRawBufferPointer, at offset: Int) {
      words = bytes.loadUnaligned(fromByteOffset: offset, as: (UInt64, UInt64, UInt64, UInt64).self)
    }

    init(_ digest: SHA256.Digest) {
      // A digest has 32 bytes.
      words = digest.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    package func withUnsafeBytes<T>(_ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
      try Swift.withUnsafeBytes(of: words, body)
    }

    package static func == (left: Node, right: Node) -> Bool { left.words == right.words }

    package func hash(into hasher: inout Hasher) {
      // A part of a hash is a hash.
      hasher.combine(words.0)
    }
  }

  package static let nodeSize = 32

  /// From the leaves up to the root; a node without a neighbour moves up as it is.
  private let levels: [[Node]]

  /// Makes the tree of at least one leaf.
  package init(leaves: [Node]) {
    var levels = [leaves]
    while let below = levels.last, below.count > 1 {
      levels.append(
        stride(from: 0, to: below.count, by: 2).map { index in
          index + 1 < below.count ? Self.parent(below[index], below[index + 1]) : below[index]
        })
    }
    self.levels = levels
  }

  var count: Int { levels.first?.count ?? 0 }

  package var root: Node { levels.last?.first ?? .zero }

  /// The neighbours of a leaf and of the nodes above it, from below.
  package func path(of leaf: Int) -> [Node] {
    var path: [Node] = []
    path.reserveCapacity(levels.count - 1)
    forEachNeighbour(of: leaf) { path.append($0) }
    return path
  }

  func forEachNeighbour(of leaf: Int, _ body: (Node) -> Void) {
    var index = leaf
    for level in levels {
      if index ^ 1 < level.count { body(level[index ^ 1]) }
      index >>= 1
    }
  }

  /// How many nodes there are below and at the root.
  static func nodeCount(of count: Int) -> Int {
    var (count, nodes) = (count, count)
    while count > 1 {
      count = (count + 1) / 2
      nodes += count
    }
    return nodes
  }

  /// How many nodes the path of a leaf has.
  static func pathLength(of leaf: Int, count: Int) -> Int {
    var (index, count, length) = (leaf, count, 0)
    while count > 1 {
      if index ^ 1 < count { length += 1 }
      index >>= 1
      count = (count + 1) / 2
    }
    return length
  }

  /// The root that a leaf and its path lead to; nil when the path has not the length that it must have.
  package static func root(leaf: Node, index: Int, count: Int, path: [Node]) -> Node? {
    guard (0..<count).contains(index), path.count == pathLength(of: index, count: count) else { return nil }
    var (index, count, node) = (index, count, leaf)
    var rest = path[...]
    while count > 1 {
      if index ^ 1 < count {
        guard let neighbour = rest.popFirst() else { return nil }
        node = index & 1 == 0 ? parent(node, neighbour) : parent(neighbour, node)
      }
      index >>= 1
      count = (count + 1) / 2
    }
    return node
  }

  /// The hash of what a leaf stands for.
  ///
  /// It begins with another byte than that of a parent, so that neither passes for the other.
  package static func leaf(_ bytes: ArraySlice<UInt8>) -> Node {
    var hash = SHA256()
    withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Node(hash.finalize())
  }

  static func parent(_ left: Node, _ right: Node) -> Node {
    withUnsafeTemporaryAllocation(byteCount: 1 + 2 * nodeSize, alignment: 1) { bytes in
      bytes[0] = 1
      bytes.storeBytes(of: left, toByteOffset: 1, as: Node.self)
      bytes.storeBytes(of: right, toByteOffset: 1 + nodeSize, as: Node.self)
      var hash = SHA256()
      hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
      return Node(hash.finalize())
    }
  }
}
