import Crypto
import SymbiontCore

/// What is known after the first envelopes of a batch were checked, so that the others cost a hash or two each: the nodes
/// of the tree that lead to the signed root, and the key of the last body.
///
/// It is made for one call and forgotten with it.
struct BatchMemory {
  private var statement: VerifiedRoot?
  /// Those that are known, level by level from the leaves up.
  private var nodes: [MerkleTree.Node?] = []
  /// What one envelope adds to them, until its way is known to end at the root.
  private var found: [(place: Int, node: MerkleTree.Node)] = []
  private var body: (name: KeyRing.BodyKeyName, key: SymmetricKey)?

  /// Whether the leaf is part of the batch that was verified last.
  ///
  /// It is when it leads to a node that is known, and the rest of its path is what is known, too; then all of its way is known.
  mutating func holds(_ leaf: MerkleTree.Node, _ proof: BatchProof, of header: EnvelopeHeader) -> Bool {
    guard let statement, statement.signer == header.from, statement.epoch == header.senderEpoch,
      statement.count == proof.count, statement.signature == proof.signature
    else { return false }
    found.removeAll(keepingCapacity: true)
    var (node, isKnown) = (leaf, false)
    var rest = proof.path[...]
    var (index, count, level) = (proof.index, proof.count, 0)
    while true {
      if !isKnown {
        if let known = nodes[level + index] {
          guard known == node else { return false }
          isKnown = true
        } else {
          found.append((level + index, node))
        }
      }
      guard count > 1 else { break }
      if index ^ 1 < count {
        guard let neighbour = rest.popFirst() else { return false }
        if isKnown {
          guard nodes[level + (index ^ 1)] == neighbour else { return false }
        } else {
          found.append((level + (index ^ 1), neighbour))
          node = index & 1 == 0 ? MerkleTree.parent(node, neighbour) : MerkleTree.parent(neighbour, node)
        }
      }
      index >>= 1
      level += count
      count = (count + 1) / 2
    }
    guard isKnown, rest.isEmpty else { return false }
    for (place, node) in found { nodes[place] = node }
    return true
  }

  /// Remembers the way of an envelope whose signature is good.
  mutating func remember(_ leaf: MerkleTree.Node, _ proof: BatchProof, as verified: VerifiedRoot) {
    if statement != verified {
      statement = verified
      nodes = [MerkleTree.Node?](repeating: nil, count: MerkleTree.nodeCount(of: proof.count))
    }
    var node = leaf
    var rest = proof.path[...]
    var (index, count, level) = (proof.index, proof.count, 0)
    while true {
      nodes[level + index] = node
      guard count > 1 else { return }
      if index ^ 1 < count, let neighbour = rest.popFirst() {
        nodes[level + (index ^ 1)] = neighbour
        node = index & 1 == 0 ? MerkleTree.parent(node, neighbour) : MerkleTree.parent(neighbour, node)
      }
      index >>= 1
      level += count
      count = (count + 1) / 2
    }
  }

  /// The key of a body; the one of the last body again when it is the same.
  mutating func bodyKey(
    _ header: EnvelopeHeader, make: (EnvelopeHeader) throws(CommunicationError) -> SymmetricKey
  ) throws(CommunicationError) -> SymmetricKey {
    let name = KeyRing.BodyKeyName(header)
    if let body, body.name == name { return body.key }
    let key = try make(header)
    body = (name, key)
    return key
  }
}
