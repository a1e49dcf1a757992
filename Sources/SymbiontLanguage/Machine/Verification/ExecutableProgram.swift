/// A program that the verifier accepted, in the form in which machines run it.
///
/// Immutable; any number of machines share it.
public final class ExecutableProgram: Sendable {
  /// What it was made of.
  public let program: Program
  /// SHA-256 over the bytecode version and everything that a run depends on: instructions, source positions,
  /// constants, shapes, types and tool names.
  ///
  /// Snapshots carry it.
  public let identity: [UInt8]

  let identityKey: ProgramIdentity
  private let words: [UInt64]
  private let layout: ImageBuilder.Layout

  /// Verifies a program and prepares it for running.
  ///
  /// - Throws: ``VerificationError`` when an instruction, table or reference is malformed. A program that the compiler made
  ///   never is.
  public init(verifying program: Program) throws(VerificationError) {
    try Verifier(program).verify()
    self.program = program
    (words, layout) = ImageBuilder.build(program)
    identityKey = ProgramIdentity(words: words, program: program)
    identity = identityKey.bytes
  }

  /// Whether a cell with a constant's handle refers to a constant of its kind.
  func hasConstant(_ cell: Cell) -> Bool {
    let index = Int(truncatingIfNeeded: cell.bits & ~Handle.constantBit)
    return layout.constantKinds.indices.contains(index) && layout.constantKinds[index] == cell.tag
  }

  /// Lends the tables to the interpreter.
  func withImage<Result>(_ body: (UnsafePointer<ProgramImage>) -> Result) -> Result {
    lend(words, body)
  }

  private func lend<Result>(_ base: UnsafePointer<UInt64>, _ body: (UnsafePointer<ProgramImage>) -> Result) -> Result {
    let image = ProgramImage(
      code: base, functions: base + layout.functions, handlers: base + layout.handlers,
      constants: UnsafeRawPointer(base + layout.constants).assumingMemoryBound(to: Cell.self),
      constantHeap: base + layout.constantHeap, symbols: base + layout.symbols, shapes: base + layout.shapes,
      shapeKeys: base + layout.shapeKeys, wellKnown: base + layout.wellKnown, interned: base + layout.interned,
      internedMask: layout.internedMask, program: .passUnretained(self))
    return withUnsafePointer(to: image, body)
  }
}
