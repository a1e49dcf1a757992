/// An authenticated cipher that payloads are sealed with.
public enum MessageCipher: String, Sendable, Hashable, Codable, CaseIterable {
  /// AES with a key of 256 bits in Galois/Counter mode: the faster one where the processor has instructions for it.
  case aes256GCM = "AES-256-GCM"
  /// ChaCha20 and Poly1305 (RFC 8439): the faster one where it has not.
  case chaCha20Poly1305 = "ChaCha20-Poly1305"
}
