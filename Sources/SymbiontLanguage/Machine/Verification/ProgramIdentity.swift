internal import Crypto

/// The SHA-256 of everything in a program that a machine's behaviour depends on, as trivial data.
struct ProgramIdentity: Equatable {
  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0
  private var fourth: UInt64 = 0

  /// Bytes of an identity.
  static let byteCount = 32

  /// Takes a digest, of which the first ``byteCount`` bytes count.
  init(_ digest: some Sequence<UInt8>) {
    withUnsafeMutableBytes(of: &self) { target in
      for (position, byte) in digest.prefix(Self.byteCount).enumerated() { target[position] = byte }
    }
  }

  /// The digest.
  var bytes: [UInt8] { withUnsafeBytes(of: self) { Array($0) } }
}

extension ProgramIdentity {
  /// The version of the instruction set and of the tables; part of every identity.
  static let bytecodeVersion: UInt64 = 1

  /// The identity of a program with these tables.
  init(words: [UInt64], program: Program) {
    var hash = SHA256()
    func update(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) } }
    func update(_ text: String) {
      update(UInt64(text.utf8.count))
      hash.update(data: Array(text.utf8))
    }
    update(Self.bytecodeVersion)
    update(UInt64(words.count))
    words.withUnsafeBytes { hash.update(bufferPointer: $0) }
    for shape in program.callShapes {
      update(UInt64(shape.positionalCount))
      update(UInt64(shape.names.count))
      for name in shape.names { update(name) }
    }
    for tool in program.tools { update(tool.name) }
    for function in program.functions {
      function.offsets.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    hash.update(data: program.types.encoded())
    self.init(hash.finalize())
  }
}
