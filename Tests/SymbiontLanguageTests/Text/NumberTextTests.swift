import SymbiontLanguage
import Testing

@Suite("numbers as text")
struct NumberTextTests {
  @Test(
    "text that is not a whole number is refused",
    arguments: [
      "", " ", "-", "+", "1.0", "1e3", "0x10", "1_000", "१", "1 2", "--1", "９", "1\u{A0}", "nan",
      "99999999999999999999x",
    ])
  func malformedInt(text: String) {
    let error = #expect(throws: NumberTextError.self) { try NumberText.int(text) }
    #expect(error?.reason == .malformed)
  }

  @Test("whole numbers at the ends of the range are read, beyond them refused")
  func intRange() throws {
    #expect(try NumberText.int("9223372036854775807") == .max)
    #expect(try NumberText.int("-9223372036854775808") == .min)
    #expect(try NumberText.int(" +0042\n") == 42)
    for text in ["9223372036854775808", "-9223372036854775809", "100000000000000000000"] {
      let error = #expect(throws: NumberTextError.self) { try NumberText.int(text) }
      #expect(error?.reason == .outOfRange)
      #expect(error?.description == "`\(text)` does not fit an int of 64 bits")
    }
  }

  @Test(
    "text that is not a number is refused",
    arguments: [
      "", ".", ".5", "5.", "1e", "1e+", "0x1p3", "1,5", "infinity", "NaN", "1__0", "1 2", "e5", "+-1", "1.5.2",
    ])
  func malformedFloat(text: String) {
    let error = #expect(throws: NumberTextError.self) { try NumberText.float(text) }
    #expect(error?.reason == .malformed)
  }

  @Test("floats are read, and refused when beyond the largest")
  func floats() throws {
    #expect(try NumberText.float("1e3") == 1000)
    #expect(try NumberText.float(" -2.50\t") == -2.5)
    #expect(try NumberText.float("inf") == .infinity)
    #expect(try NumberText.float("nan").isNaN)
    #expect(try NumberText.float("1e-999") == 0)
    let error = #expect(throws: NumberTextError.self) { try NumberText.float("1e999") }
    #expect(error?.reason == .outOfRange)
  }

  @Test("a long text is refused and cut in the message")
  func longText() {
    let error = #expect(throws: NumberTextError.self) { try NumberText.int(String(repeating: "x", count: 1_000_000)) }
    #expect((error?.description.utf8.count ?? .max) < 400)
  }

  @Test("the whole part of a float, when it fits")
  func truncation() throws {
    #expect(try NumberText.int(truncating: 3.9) == 3)
    #expect(try NumberText.int(truncating: -3.9) == -3)
    for value in [Double.nan, .infinity, 9.3e18, -9.3e18] {
      #expect(throws: NumberTextError.self) { try NumberText.int(truncating: value) }
    }
  }

  @Test("what is printed is read back exactly, and looks like what it is", arguments: [101 as UInt64])
  func roundTrip(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    #expect(NumberText.print(3.0) == "3.0")
    #expect(NumberText.print(1e16) == "1e+16")
    #expect(NumberText.print(-Double.nan) == "nan")
    for _ in 0..<2000 {
      let float = generator.finiteFloat()
      let text = NumberText.print(float)
      #expect(try NumberText.float(text).bitPattern == float.bitPattern)
      #expect(text.contains(".") || text.contains("e"))
      let int = generator.int()
      #expect(try NumberText.int(NumberText.print(int)) == int)
    }
  }
}
