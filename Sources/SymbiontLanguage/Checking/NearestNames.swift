/// Finds the names that a misspelt one may have been meant to be.
struct NearestNames {
  /// Shorter names are similar to too many others.
  private static let shortestWithTwo = 5
  /// Longer names are not compared: the table of distances grows with the product of the lengths.
  private static let longestCompared = 64
  /// More candidates than this are not looked at: a suggestion is no reason to be slow.
  private static let mostCandidates = 4000

  private let name: [UInt8]
  private let bound: Int
  private var best: [(name: NameID, distance: Int)] = []
  private var seen: Set<NameID> = []

  init(_ name: ArraySlice<UInt8>) {
    self.name = Array(name)
    // Two typing errors, or a third of a longer word, but only one in a short word; a single letter is like no other.
    bound = name.count < 2 ? 0 : name.count < Self.shortestWithTwo ? 1 : max(2, name.count / 3)
  }

  /// Takes a candidate into account.
  mutating func consider(_ candidate: NameID, in table: NameTable) {
    guard name.count <= Self.longestCompared, seen.count < Self.mostCandidates, seen.insert(candidate).inserted
    else { return }
    let spelling = table.spelling(candidate)
    guard spelling.count <= Self.longestCompared, abs(spelling.count - name.count) <= bound else { return }
    let distance = Self.distance(name, Array(spelling))
    guard distance <= bound, distance < max(spelling.count, 2) else { return }
    best.append((candidate, distance))
  }

  /// "did you mean `remember`?", naming at most two, or nothing.
  func suggestion(in table: NameTable) -> String? {
    let sorted = best.enumerated().sorted {
      ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset)
    }
    guard let first = sorted.first?.element else { return nil }
    let others = sorted.dropFirst().prefix(1).filter { $0.element.distance == first.distance }
    let names = [first.name] + others.map(\.element.name)
    return "did you mean " + names.map { "`\(table.text($0))`" }.joined(separator: " or ") + "?"
  }

  /// How many letters must be inserted, removed, replaced or swapped with a neighbour (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in 0..<right.count {
        let isSame = lowercased(left[row]) == lowercased(right[column])
        var cost = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (isSame ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, beforePrevious[column - 1] + 1)
        }
        current.append(cost)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
