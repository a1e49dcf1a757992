import Crypto
import Foundation
import Measuring

/// What the cryptography of one message allows: one signature made and verified, one payload sealed and opened, on as
/// many cores as the bus may use, with nothing else done.
enum CryptoLimit {
  static func run(bytes: Int, for duration: Duration) async throws -> Round {
    let processor = ProcessorTime()
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
        group.addTask { try work(bytes: bytes, until: start + duration) }
      }
      return try await group.reduce(0, +)
    }
    return Round(
      perSecond: Double(count) / ((ContinuousClock.now - start) / .seconds(1)), latencies: [],
      microseconds: processor.elapsed / .microseconds(1) / Double(max(1, count)))
  }

  private static func work(bytes: Int, until end: ContinuousClock.Instant) throws -> Int {
    let signer = Curve25519.Signing.PrivateKey()
    let verifier = signer.publicKey
    let key = SymmetricKey(size: .bits256)
    let payload = [UInt8](repeating: 120, count: bytes)
    // As long as the statement that is signed, and the header that is authenticated.
    let statement = [UInt8](repeating: 7, count: 70)
    let header = [UInt8](repeating: 7, count: 125)
    var count = 0
    while ContinuousClock.now < end {
      let nonce = try AES.GCM.Nonce(data: withUnsafeBytes(of: (UInt32(7), UInt64(count))) { Array($0.prefix(12)) })
      let box = try AES.GCM.seal(payload, using: key, nonce: nonce, authenticating: header)
      let signature = try signer.signature(for: statement)
      guard verifier.isValidSignature(signature, for: statement) else { throw CancellationError() }
      guard try AES.GCM.open(box, using: key, authenticating: header).count == bytes else { throw CancellationError() }
      count += 1
    }
    return count
  }
}
