import Foundation
import SymbiontCore
import Testing

@Suite("Secrets")
struct SecretTests {
  private let secret = Secret("hunter2")

  @Test("no way of printing shows a secret, alone or inside of something else")
  func printing() {
    let context = SecurityContext(
      tier: .tier1, isolationLevel: .medium, signingKey: Secret(Array("hunter2".utf8)),
      encryptionKey: Secret([104, 117]))
    var dumped = ""
    dump(context, to: &dumped)
    dump(secret, to: &dumped)
    dump([secret], to: &dumped)
    let optional: Secret<String>? = secret
    let texts = [
      "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret), "\([secret])", dumped,
      String(describing: optional), "\(context)", String(reflecting: context), "\(Mirror(reflecting: secret).children)",
    ]
    for text in texts {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("104"))
    }
    #expect("\(secret)" == "‹redacted›")
    #expect("\(context)".contains("‹redacted›"))
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test("an encoder that is not meant for secrets refuses one, with a message that does not hold it")
  func refusal() {
    let context = SecurityContext(tier: .tier1, isolationLevel: .low, encryptionKey: Secret([1, 2, 3]))
    #expect(throws: EncodingError.self) { try WireForm.json(context) }
    do {
      _ = try WireForm.json(secret)
      Issue.record("a secret was written")
    } catch {
      #expect(!"\(error)".contains("hunter2"))
      #expect(!String(reflecting: error).contains("hunter2"))
      #expect("\(error)".contains("SecretCoding.revealing"))
    }
  }

  @Test("an encoder that is meant for secrets writes them, bytes as base64, and they are read back")
  func revealing() throws {
    let context = SecurityContext(
      tier: .tier2, isolationLevel: .high, encryptionAlgorithm: .chaCha20Poly1305, signingKey: Secret([1, 2, 3]))
    let json = try WireForm.json(context, userInfo: SecretCoding.revealing)
    #expect(
      json
        == #"{"encryption_algorithm":"ChaCha20Poly1305","isolation_level":"High","signing_key":"AQID","tier":"Tier2"}"#)
    #expect(try WireForm.value(SecurityContext.self, from: json) == context)
    #expect(try WireForm.value(Secret<String>.self, from: #""x""#).reveal() == "x")
    #expect(try WireForm.json(secret, userInfo: SecretCoding.revealing) == #""hunter2""#)
  }

  @Test("a context without keys is written by any encoder")
  func withoutKeys() throws {
    try expectWire(
      SecurityContext(tier: .tier3, isolationLevel: .maximum),
      #"{"tier":"Tier3","isolation_level":"Maximum","encryption_algorithm":"Aes256Gcm"}"#)
  }
}
