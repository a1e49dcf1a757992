/// The part of a text that an error message shows.
package enum TextExcerpt {
  /// How many scalars are shown: enough to recognize a text, too few to flood a log.
  package static let longest = 64

  /// The beginning of a text, with control characters escaped.
  package static func beginning(of text: String) -> String {
    var shown = ""
    for (position, scalar) in text.unicodeScalars.enumerated() {
      guard position < longest else { return shown + "…" }
      if scalar.properties.generalCategory == .control {
        shown += scalar.escaped(asASCII: false)
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
