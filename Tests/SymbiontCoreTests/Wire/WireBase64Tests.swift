import Foundation
import SymbiontCore
import SymbiontTesting
import Testing

@Suite("Bytes on the wire")
struct WireBase64Tests {
  @Test(
    "text that is not strict base64 is refused",
    arguments: [
      "A", "AA", "AAA", "A===", "====", "AA=A", "A=AA", "=AAA", "AB==", "AAB=", "AA==AA==", "AA\n==", "AA-_", "AAé",
      "AA==\n",
    ])
  func refused(_ text: String) throws {
    let json = try WireForm.json(text)
    expectRefused(WireBase64.self, json, because: "expected base64 with padding")
  }

  @Test("bytes are written as Foundation writes them, and read back")
  func roundTrips() throws {
    var random = SeededRandom.forTest()
    for count in 0..<200 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      try expectWire(WireBase64(wrappedValue: bytes), "\"\(Data(bytes).base64EncodedString())\"")
    }
  }

  @Test("damaged base64 never traps, and what is still read is written the same")
  func damaged() {
    var random = SeededRandom.forTest()
    let characters = Array("ABCDabcd0189+/==\u{7F}-".utf8)
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in characters.randomElement(using: &random)
      }
      let string = String(decoding: text, as: UTF8.self)
      if let bytes = Base64.decode(string) {
        #expect(Base64.encode(bytes) == string, "\(random)")
      } else {
        #expect(Data(base64Encoded: string).map { $0.base64EncodedString() != string } ?? true, "\(string) \(random)")
      }
    }
  }
}
