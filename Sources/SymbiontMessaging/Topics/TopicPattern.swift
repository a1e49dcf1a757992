package import SymbiontCore

/// The name of a topic, or a pattern of names: words with dots between them.
///
/// `*` stands for any one word, and `>` at the end for one or more: `build.*` matches `build.done`, `build.>` also
/// `build.done.linux`.
package struct TopicPattern: Sendable, Hashable {
  /// How many words a name has at most.
  package static let maximumWords = 32

  package let text: String
  package let words: [Substring]

  /// Reads a pattern; throws ``CommunicationError/topicInvalid(topic:reason:)``.
  package init(pattern text: String) throws(CommunicationError) {
    func invalid(_ reason: String) -> CommunicationError { .topicInvalid(topic: text, reason: reason) }
    guard Message.Bounds.topicBytes.contains(text.utf8.count) else {
      throw invalid("it must have 1 to \(Message.Bounds.topicBytes.upperBound) bytes")
    }
    self.text = text
    words = text.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count <= Self.maximumWords else { throw invalid("it has more than \(Self.maximumWords) words") }
    for (index, word) in words.enumerated() {
      guard !word.isEmpty else { throw invalid("it has an empty word") }
      guard word != ">" || index == words.count - 1 else { throw invalid("`>` stands only at the end") }
      guard word == "*" || word == ">" || !word.contains(where: { $0 == "*" || $0 == ">" }) else {
        throw invalid("`*` and `>` stand only for whole words")
      }
      guard
        !word.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.properties.generalCategory == .control }
        )
      else { throw invalid("it must not have spaces and control characters") }
    }
  }

  /// Reads the name of a topic, which has no wildcards.
  package init(name text: String) throws(CommunicationError) {
    try self.init(pattern: text)
    guard !isWild else { throw .topicInvalid(topic: text, reason: "a message is sent to one topic, without wildcards") }
  }

  /// Whether it matches more than one name.
  package var isWild: Bool { words.contains { $0 == "*" || $0 == ">" } }

  /// Whether it matches the name of a topic.
  package func matches(_ topic: TopicPattern) -> Bool {
    for (index, word) in words.enumerated() {
      if word == ">" { return index < topic.words.count }
      guard index < topic.words.count, word == "*" || word == topic.words[index] else { return false }
    }
    return words.count == topic.words.count
  }
}
