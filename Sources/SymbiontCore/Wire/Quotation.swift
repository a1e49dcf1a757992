/// The longest piece of foreign text that an error message repeats, in characters.
private let longestQuotation = 80

/// Foreign text as a message shows it: in backticks, on one line, shortened when long.
///
/// Control characters and backticks are escaped, so input cannot forge lines of a log or leave its quotation.
package func quoted(_ text: String) -> String {
  var result = "`"
  for character in text.unicodeScalars.prefix(longestQuotation) {
    let isPlain = character.properties.generalCategory != .control && character != "`"
    result += isPlain ? String(character) : "\\u{\(String(character.value, radix: 16))}"
  }
  return result + (text.unicodeScalars.dropFirst(longestQuotation).isEmpty ? "`" : "…`")
}
