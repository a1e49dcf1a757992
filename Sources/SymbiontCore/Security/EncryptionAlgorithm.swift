/// How payloads are encrypted (specification, "Security Types").
///
/// Both authenticate what they encrypt.
public enum EncryptionAlgorithm: String, Sendable, Hashable, Codable, CaseIterable {
  /// AES with 256-bit keys in Galois/counter mode (NIST SP 800-38D).
  case aes256GCM = "Aes256Gcm"
  /// ChaCha20 with Poly1305 (RFC 8439).
  case chaCha20Poly1305 = "ChaCha20Poly1305"
}
