@testable import SymbiontLanguage

/// A naive backtracking matcher over the same parsed pattern: exponential, and simple enough to be believed.
final class BacktrackingOracle {
  enum Answer: Equatable {
    /// The slots in scalar offsets: of the whole match, then of each group; -1 where a group took no part.
    case match([Int])
    case noMatch
    case gaveUp
  }

  private typealias Continuation = (_ place: Int, _ slots: [Int]) -> Bool

  private let node: RegularExpressionNode
  private let slotCount: Int
  private let text: [UInt32]
  private var budget: Int

  init(_ pattern: String, text: String, budget: Int = 100_000) throws {
    var parser = RegularExpressionParser(pattern)
    node = .group(try parser.parse(), index: 0)
    slotCount = 2 * (parser.groupCount + 1)
    self.text = text.unicodeScalars.map(\.value)
    self.budget = budget
  }

  func firstMatch() -> Answer {
    for start in 0...text.count {
      var found: [Int]?
      _ = match(node, start, [Int](repeating: -1, count: slotCount)) { _, slots in
        found = slots
        return true
      }
      if let found { return .match(found) }
      if budget <= 0 { return .gaveUp }
    }
    return .noMatch
  }

  private func match(_ node: RegularExpressionNode, _ place: Int, _ slots: [Int], _ next: Continuation) -> Bool {
    budget -= 1
    guard budget > 0 else { return false }
    switch node {
    case .empty: return next(place, slots)
    case .scalar(let scalar): return place < text.count && text[place] == scalar && next(place + 1, slots)
    case .set(let set): return place < text.count && set.contains(text[place]) && next(place + 1, slots)
    case .assertion(let assertion): return holds(assertion, at: place) && next(place, slots)
    case .concatenation(let nodes): return match(sequence: nodes[...], place, slots, next)
    case .alternation(let branches): return branches.contains { match($0, place, slots, next) }
    case .group(let node, let index):
      var opened = slots
      opened[2 * index] = place
      return match(node, place, opened) { end, slots in
        var closed = slots
        closed[2 * index + 1] = end
        return next(end, closed)
      }
    case .repetition(let node, let minimum, let maximum, let isLazy):
      return match(Loop(body: node, minimum: minimum, maximum: maximum, isLazy: isLazy), round: 0, place, slots, next)
    }
  }

  private struct Loop {
    let body: RegularExpressionNode
    let minimum: Int
    let maximum: Int?
    let isLazy: Bool
  }

  private func match(_ loop: Loop, round: Int, _ place: Int, _ slots: [Int], _ next: Continuation) -> Bool {
    func goOn() -> Bool {
      if let maximum = loop.maximum, round >= maximum { return false }
      return match(loop.body, place, slots) { end, slots in
        // A round without end that consumed nothing must be the last.
        let isIdle = loop.maximum == nil && end == place && round + 1 >= loop.minimum
        return isIdle ? next(end, slots) : match(loop, round: round + 1, end, slots, next)
      }
    }
    if round < loop.minimum { return goOn() }
    return loop.isLazy ? next(place, slots) || goOn() : goOn() || next(place, slots)
  }

  private func match(
    sequence nodes: ArraySlice<RegularExpressionNode>, _ place: Int, _ slots: [Int], _ next: Continuation
  ) -> Bool {
    guard let first = nodes.first else { return next(place, slots) }
    return match(first, place, slots) { end, slots in match(sequence: nodes.dropFirst(), end, slots, next) }
  }

  private func holds(_ assertion: RegularExpressionNode.Assertion, at place: Int) -> Bool {
    let previous = place > 0 ? text[place - 1] : nil
    let following = place < text.count ? text[place] : nil
    let isWord = { (scalar: UInt32?) in
      scalar.flatMap(Unicode.Scalar.init).map {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789_".unicodeScalars.contains($0))
      } ?? false
    }
    return switch assertion {
    case .textStart: previous == nil
    case .textEnd: following == nil
    case .lineStart: previous == nil || previous == 10
    case .lineEnd: following == nil || following == 10
    case .wordBoundary: isWord(previous) != isWord(following)
    case .noWordBoundary: isWord(previous) == isWord(following)
    }
  }
}
