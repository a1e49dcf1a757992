import SymbiontCore

extension GuestIdentity {
  private static let entropyBytes = 64

  /// An identity for one sandbox: new randomness, the time of the machine, and names made of its id.
  static func fresh(for sandboxID: SandboxID) -> GuestIdentity {
    var random = SystemRandomNumberGenerator()
    let name = sandboxID.description
    return GuestIdentity(
      entropy: (0..<entropyBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) },
      timeNanoseconds: UInt64(max(0, Timestamp.now().microsecondsSinceEpoch)) * 1_000,
      hostname: "sandbox-\(name.suffix(12))", machineID: name.filter { $0 != "-" })
  }
}
