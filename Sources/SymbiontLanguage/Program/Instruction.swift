/// One instruction in eight bytes: opcode and three 16-bit operands, or an operand and a 32-bit immediate.
public struct Instruction: Sendable, Hashable {
  /// Bits 0–7 opcode, 16–31 A, 32–47 B, 48–63 C; X is bits 32–63.
  public var bits: UInt64

  /// Takes raw bits; the verifier checks them.
  public init(bits: UInt64) { self.bits = bits }

  /// Three operands.
  public init(_ opcode: Opcode, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0) {
    bits = UInt64(opcode.rawValue) | UInt64(a) << 16 | UInt64(b) << 32 | UInt64(c) << 48
  }

  /// An operand and an immediate.
  public init(_ opcode: Opcode, a: UInt16 = 0, x: Int32) {
    bits = UInt64(opcode.rawValue) | UInt64(a) << 16 | UInt64(UInt32(bitPattern: x)) << 32
  }

  /// The opcode's raw value.
  @inlinable public var operation: UInt8 { UInt8(truncatingIfNeeded: bits) }
  /// The first operand.
  @inlinable public var a: Int { Int(UInt16(truncatingIfNeeded: bits >> 16)) }
  /// The second operand.
  @inlinable public var b: Int { Int(UInt16(truncatingIfNeeded: bits >> 32)) }
  /// The third operand.
  @inlinable public var c: Int { Int(UInt16(truncatingIfNeeded: bits >> 48)) }
  /// The second operand as a signed number.
  @inlinable public var signedB: Int { Int(Int16(truncatingIfNeeded: bits >> 32)) }
  /// The third operand as a signed number.
  @inlinable public var signedC: Int { Int(Int16(truncatingIfNeeded: bits >> 48)) }
  /// The immediate.
  @inlinable public var x: Int { Int(Int32(truncatingIfNeeded: bits >> 32)) }
}
