import SymbiontLanguage
import Testing

@Suite("templates")
struct FormatTextTests {
  @Test(
    "a malformed template is refused with the place",
    arguments: [
      ("é{", .unbalancedBrace(offset: 2)), ("}", .unbalancedBrace(offset: 0)),
      ("{}{}", .missingArgument(index: 1, count: 1, offset: 2)),
      ("{7}", .missingArgument(index: 7, count: 1, offset: 0)), ("{-1}", .malformedPlaceholder(offset: 0)),
      ("{a}", .malformedPlaceholder(offset: 0)), ("{ }", .malformedPlaceholder(offset: 0)),
      ("{}{0}", .mixedPlaceholders(offset: 2)), ("{0}{}", .mixedPlaceholders(offset: 3)),
      ("{99999999999999999999}", .missingArgument(index: .max, count: 1, offset: 0)),
    ] as [(String, FormatTextError)])
  func refusals(template: String, expected: FormatTextError) {
    #expect(throws: expected) { try FormatText.format(template, ["x"]) }
  }

  @Test("placeholders are filled in, in order or by number")
  func fills() throws {
    #expect(try FormatText.format("{} of {}", ["1", "2"]) == "1 of 2")
    #expect(try FormatText.format("{1}{0}{1}", ["a", "b"]) == "bab")
    #expect(try FormatText.format("{{{}}} {{}}", ["é"]) == "{é} {}")
    #expect(try FormatText.format("", ["unused"]) == "")
    #expect(try FormatText.format("{}", ["{0}"]) == "{0}")
  }

  @Test("a result beyond the bound is refused")
  func bound() {
    let template = String(repeating: "{0}", count: 1000)
    #expect(throws: FormatTextError.tooLong(maximumByteCount: 5000)) {
      try FormatText.format(template, [String(repeating: "x", count: 100)], maximumByteCount: 5000)
    }
  }
}
