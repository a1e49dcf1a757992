extension Builtin {
  /// How it is called; nothing for ``sortByKeys``, which is no name of the language.
  package var signature: BuiltinSignature? { Self.signatures[self] }

  /// The name in messages.
  package var name: String { signature?.name ?? "sort" }

  /// How many arguments an instruction may pass; nothing for builtins that the compiler turns into loops.
  package var argumentCounts: ClosedRange<Int>? {
    switch self {
    case .map, .filter, .reduce: nil
    case .sort: 1...1
    case .sortByKeys: 2...2
    default: signature.map { $0.required...($0.isVariadic ? Int(UInt16.max) : $0.parameters.count) }
    }
  }

  private static let signatures: [Builtin: BuiltinSignature] = Dictionary(
    BuiltinSignature.all.compactMap { signature in
      guard case .builtin(let builtin) = signature.target else { return nil }
      return (builtin, signature)
    }, uniquingKeysWith: { first, _ in first })
}
