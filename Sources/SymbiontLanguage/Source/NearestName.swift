/// Finds the name that was probably meant.
package enum NearestName {
  /// The names nearest to a misspelt one, nearest first, at most `maximumCount`.
  ///
  /// Names count as near when at most a third of their letters (but one at least) must be changed, added, dropped or
  /// swapped with a neighbour.
  package static func find(
    _ name: String, among candidates: some Sequence<String>, maximumCount: Int = 1
  ) -> [String] {
    // Longer names are not compared: the cost grows with the product of the lengths.
    let longest = 64
    let letters = Array(name.utf8)
    guard letters.count <= longest else { return [] }
    var near: [(distance: Int, name: String)] = []
    for candidate in Set(candidates) where candidate != name {
      let other = Array(candidate.utf8)
      let allowed = max(1, max(letters.count, other.count) / 3)
      guard other.count <= longest, abs(other.count - letters.count) <= allowed else { continue }
      let distance = distance(letters, other)
      if distance <= allowed, distance < other.count { near.append((distance, candidate)) }
    }
    return near.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(maximumCount).map(\.name)
  }

  /// The edits that turn one word into another (optimal string alignment).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }
}
