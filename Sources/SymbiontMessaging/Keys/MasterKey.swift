import Crypto
import Foundation
public import SymbiontCore

/// The key of the runtime that wraps the private keys of agents and topics where they are stored.
public struct MasterKey: Sendable {
  /// The bytes of the key.
  public static let byteCount = 32

  private let key: Secret<SymmetricKey>

  /// Makes a key of exactly 32 bytes.
  ///
  /// - Throws: ``SecurityError/keyInvalid(purpose:reason:)`` for any other number of bytes.
  public init(bytes: Secret<[UInt8]>) throws(SecurityError) {
    let bytes = bytes.reveal()
    guard bytes.count == Self.byteCount else {
      throw .keyInvalid(purpose: Self.purpose, reason: "it has \(bytes.count) bytes instead of \(Self.byteCount)")
    }
    // Keys that wrap are derived, so that the same master key can serve other parts of the runtime, too.
    let derived = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: bytes), info: Data("symbiont messaging wrap 1".utf8),
      outputByteCount: Self.byteCount)
    key = Secret(derived)
  }

  /// A new key that nobody else has, for tests and throw-away runs.
  public static func random() -> MasterKey {
    MasterKey(derived: SymmetricKey(size: .bits256))
  }

  private init(derived: SymmetricKey) {
    key = Secret(derived)
  }

  static let purpose = "the master key of the communication bus"
}

extension MasterKey {
  /// Hides a private key; what it belongs to is authenticated with it, so that it cannot be put in another place.
  func wrap(_ secret: [UInt8], context: [UInt8]) throws(CommunicationError) -> [UInt8] {
    // A random nonce of 96 bits: the keys of agents and topics are far fewer than the 2^32 that are allowed for one key.
    guard let box = try? AES.GCM.seal(secret, using: key.reveal(), authenticating: context), let bytes = box.combined
    else { throw .encryptionFailed(reason: "a key could not be wrapped") }
    return Array(bytes)
  }

  /// The private key that was wrapped in this context; nil when the master key or the context is another.
  func unwrap(_ bytes: [UInt8], context: [UInt8]) -> [UInt8]? {
    guard let box = try? AES.GCM.SealedBox(combined: bytes),
      let secret = try? AES.GCM.open(box, using: key.reveal(), authenticating: context)
    else { return nil }
    return Array(secret)
  }
}
