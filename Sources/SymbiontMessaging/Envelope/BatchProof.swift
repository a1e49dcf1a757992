import SymbiontCore

/// The proof that an envelope is part of a batch that its sender signed.
package struct BatchProof: Sendable, Hashable {
  /// How many envelopes a batch has at most.
  package static let maximumCount = 1_024
  static let signatureSize = 64
  /// The path in the largest batch has ten nodes.
  static let maximumSize = 4 + 10 * MerkleTree.nodeSize + signatureSize

  package var index: Int
  package var count: Int
  package var path: [MerkleTree.Node]
  package var signature: [UInt8]

  package init(index: Int, count: Int, path: [MerkleTree.Node], signature: [UInt8]) {
    self.index = index
    self.count = count
    self.path = path
    self.signature = signature
  }

  /// What the sender signs: which batch it is, and whose.
  static func statement(of sender: AgentID, epoch: UInt32, count: Int, root: MerkleTree.Node) -> [UInt8] {
    var writer = ByteWriter(capacity: 96)
    writer.write("symbiont batch 1".utf8)
    writer.write(sender)
    writer.write(epoch)
    writer.write(UInt16(count))
    root.withUnsafeBytes { writer.write($0) }
    return writer.bytes
  }

  /// The bytes of the proof of an envelope in a batch.
  static func size(of index: Int, count: Int) -> Int {
    4 + MerkleTree.pathLength(of: index, count: count) * MerkleTree.nodeSize + signatureSize
  }

  func write(to writer: inout ByteWriter) {
    // A batch has at most 1,024 envelopes.
    writer.write(UInt16(index))
    writer.write(UInt16(count))
    for node in path { node.withUnsafeBytes { writer.write($0) } }
    writer.write(signature)
  }

  /// Writes the proof of an envelope from the tree of its batch.
  static func write(_ index: Int, of tree: MerkleTree, signature: [UInt8], to writer: inout ByteWriter) {
    writer.write(UInt16(index))
    writer.write(UInt16(tree.count))
    tree.forEachNeighbour(of: index) { node in node.withUnsafeBytes { writer.write($0) } }
    writer.write(signature)
  }

  init(from reader: inout ByteReader) throws(CommunicationError) {
    index = Int(try reader.number(UInt16.self))
    count = Int(try reader.number(UInt16.self))
    guard (1...Self.maximumCount).contains(count), index < count else {
      throw .envelopeMalformed(reason: "it is number \(index) of a batch of \(count)")
    }
    path = []
    let length = MerkleTree.pathLength(of: index, count: count)
    path.reserveCapacity(length)
    for _ in 0..<length { path.append(try reader.node()) }
    signature = Array(try reader.take(Self.signatureSize))
  }
}
