/// An element of a list that is being sorted: what decides most comparisons, and where it stood.
struct SortEntry {
  /// The order of ints and floats, or of some bytes of a string.
  var rank: UInt64
  /// The position in the list.
  var position: UInt32
}

/// A stable sort whose comparisons may fail.
enum MergeSort {
  /// Runs of this length are sorted by insertion, which is faster than merging tiny ones.
  private static var insertionLength: Int { 8 }

  /// Sorts entries; the relation must be a strict weak order, else the result is in some order.
  @inline(__always)
  static func sort(
    _ entries: inout [SortEntry], _ isBefore: (SortEntry, SortEntry) throws(Thrown) -> Bool
  ) throws(Thrown) {
    let count = entries.count
    guard count > 1 else { return }
    let scratch = UnsafeMutablePointer<SortEntry>.allocate(capacity: count)
    defer { scratch.deallocate() }
    try entries.withUnsafeMutableBufferPointer { buffer throws(Thrown) in
      // More than one entry, so there is memory.
      guard let start = buffer.baseAddress else { return }
      try sortRuns(start, count, isBefore)
      var (source, target) = (start, scratch)
      var width = insertionLength
      while width < count {
        for first in stride(from: 0, to: count, by: 2 * width) {
          let middle = min(first + width, count)
          try merge(source, first, middle, min(middle + width, count), into: target, isBefore)
        }
        swap(&source, &target)
        width *= 2
      }
      if source != start { start.update(from: source, count: count) }
    }
  }

  @inline(__always)
  private static func sortRuns(
    _ entries: UnsafeMutablePointer<SortEntry>, _ count: Int,
    _ isBefore: (SortEntry, SortEntry) throws(Thrown) -> Bool
  ) throws(Thrown) {
    for first in stride(from: 0, to: count, by: insertionLength) {
      for next in first + 1..<max(min(first + insertionLength, count), first + 1) {
        let entry = entries[next]
        var position = next
        while position > first, try isBefore(entry, entries[position - 1]) {
          entries[position] = entries[position - 1]
          position -= 1
        }
        entries[position] = entry
      }
    }
  }

  @inline(__always)
  private static func merge(
    _ source: UnsafeMutablePointer<SortEntry>, _ first: Int, _ middle: Int, _ end: Int,
    into target: UnsafeMutablePointer<SortEntry>, _ isBefore: (SortEntry, SortEntry) throws(Thrown) -> Bool
  ) throws(Thrown) {
    var (left, right, next) = (first, middle, first)
    // Runs that are in order already, as they often are, need no comparisons.
    if middle < end, try isBefore(source[middle], source[middle - 1]) {
      while left < middle, right < end {
        if try isBefore(source[right], source[left]) {
          target[next] = source[right]
          right += 1
        } else {
          target[next] = source[left]
          left += 1
        }
        next += 1
      }
    }
    (target + next).update(from: source + left, count: middle - left)
    next += middle - left
    (target + next).update(from: source + right, count: end - right)
  }
}
