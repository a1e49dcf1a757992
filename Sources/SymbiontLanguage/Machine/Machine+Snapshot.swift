extension Machine {
  /// The machine as bytes: live objects, registers, frames and the outcome that it was resumed with, in a compact form.
  public func encoded() -> [UInt8] { SnapshotWriter.encode(storage, outcome: outcome) }

  /// Restores a machine from what ``encoded()`` wrote.
  ///
  /// Any bytes are safe: what was forged is refused, or at worst runs the program with other values. Memory used is a
  /// small multiple of the bytes.
  ///
  /// - Parameters:
  ///   - bytes: A snapshot.
  ///   - program: The program that the machine was made with.
  ///   - limits: What the machine may use from now on; as before when `nil`.
  /// - Throws: ``SnapshotError``.
  public init(
    decoding bytes: [UInt8], for program: ExecutableProgram, limits: MachineLimits? = nil
  ) throws(SnapshotError) {
    var reader = SnapshotReader(bytes, program: program, ceiling: limits)
    let (storage, outcome) = try reader.read()
    self.init(storage: storage, outcome: outcome)
  }
}

extension CodingUserInfoKey {
  /// The ``ExecutableProgram`` that a decoder needs to restore a ``Machine``.
  public static var executableProgram: CodingUserInfoKey? { CodingUserInfoKey(rawValue: "symbiont.executableProgram") }
}

extension Machine: Codable {
  /// Restores a machine; the decoder's `userInfo` must hold the program under ``Swift/CodingUserInfoKey/executableProgram``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let key = CodingUserInfoKey.executableProgram, let program = decoder.userInfo[key] as? ExecutableProgram
    else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a machine needs its program: set `userInfo[.executableProgram]`")
    }
    let text = try container.decode(String.self)
    do {
      try self.init(decoding: try Encodings.base64Decode(text), for: program)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  /// Writes ``encoded()`` as base64.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(Encodings.base64(encoded()))
  }
}
