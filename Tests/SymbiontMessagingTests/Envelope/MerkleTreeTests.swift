import SymbiontMessaging
import Testing

@Suite("The tree of a batch")
struct MerkleTreeTests {
  private static func leaves(_ count: Int) -> [MerkleTree.Node] {
    (0..<count).map { MerkleTree.leaf([UInt8($0 & 0xFF), UInt8($0 >> 8)][...]) }
  }

  @Test("leads from every leaf to its root", arguments: Array(1...70) + [255, 256, 257, 1_024])
  func paths(count: Int) {
    let leaves = Self.leaves(count)
    let tree = MerkleTree(leaves: leaves)
    for (index, leaf) in leaves.enumerated() {
      #expect(MerkleTree.root(leaf: leaf, index: index, count: count, path: tree.path(of: index)) == tree.root)
    }
  }

  @Test("leads nowhere from another place, another leaf or with another path", arguments: 1...33)
  func wrongPaths(count: Int) {
    let leaves = Self.leaves(count)
    let tree = MerkleTree(leaves: leaves)
    for index in 0..<count {
      let path = tree.path(of: index)
      for other in 0..<count where other != index {
        #expect(MerkleTree.root(leaf: leaves[index], index: other, count: count, path: path) != tree.root)
        #expect(MerkleTree.root(leaf: leaves[other], index: index, count: count, path: path) != tree.root)
      }
      #expect(MerkleTree.root(leaf: leaves[index], index: index, count: count, path: path + [leaves[0]]) == nil)
      if !path.isEmpty {
        #expect(MerkleTree.root(leaf: leaves[index], index: index, count: count, path: path.dropLast()) == nil)
      }
    }
    #expect(MerkleTree.root(leaf: leaves[0], index: count, count: count, path: []) == nil)
    #expect(MerkleTree.root(leaf: leaves[0], index: -1, count: count, path: []) == nil)
  }

  @Test("has the root of RFC 9162 for the empty-string leaf")
  func knownRoot() {
    // SHA-256 of one zero byte.
    let expected = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    let hexadecimal = MerkleTree.leaf([][...]).withUnsafeBytes { bytes in
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16) }.joined()
    }
    #expect(hexadecimal == expected)
  }
}
