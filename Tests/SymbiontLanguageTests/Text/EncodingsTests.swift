import Foundation
import SymbiontLanguage
import Testing

@Suite("encodings")
struct EncodingsTests {
  @Test(
    "base64 that is not strict is refused",
    arguments: [
      "A", "AA", "AAA", "A===", "AA=A", "====", "AB==", "AAB=", "AA==AA==", "AA\n=", "A A=", "-_==", "AAA é", "=AAA",
    ])
  func malformedBase64(text: String) {
    #expect(throws: EncodingTextError.self) { try Encodings.base64Decode(text) }
  }

  @Test("hexadecimal with other characters or an odd length is refused")
  func malformedHex() {
    #expect(throws: EncodingTextError.unexpectedCharacter(offset: 2)) { try Encodings.hexDecode("0ag0") }
    #expect(throws: EncodingTextError.wrongLength(3)) { try Encodings.hexDecode("abc") }
  }

  @Test("every byte sequence is read back, and is what Foundation writes", arguments: [131 as UInt64])
  func roundTrip(seed: UInt64) throws {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<1000 {
      let bytes = generator.bytes(maximumCount: 40)
      let text = Encodings.base64(bytes)
      #expect(text == Data(bytes).base64EncodedString())
      #expect(try Encodings.base64Decode(text) == bytes)
      #expect(try Encodings.hexDecode(Encodings.hex(bytes)) == bytes)
      #expect(try Encodings.hexDecode(Encodings.hex(bytes).uppercased()) == bytes)
    }
  }

  @Test("accepted base64 is the only text for its bytes", arguments: [132 as UInt64])
  func canonical(seed: UInt64) {
    var generator = SampleGenerator(seed: seed)
    for _ in 0..<10_000 {
      let mutant = generator.mutated(Array(Encodings.base64(generator.bytes(maximumCount: 12)).utf8))
      guard let text = String(validating: mutant, as: UTF8.self) else { continue }
      guard let bytes = try? Encodings.base64Decode(text) else { continue }
      #expect(Encodings.base64(bytes) == text)
    }
  }

  @Test("SHA-256 agrees with FIPS 180-4")
  func digest() {
    #expect(
      Encodings.sha256Hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(Encodings.sha256Hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }
}
