/// Words with a meaning of their own.
///
/// Their numbers follow those of the builtins, which come first in every table.
enum KnownName: String, CaseIterable {
  // Words of policies and conditions.
  case any, all, approval, agent, context
  /// The value that is no value.
  case noneValue = "None"
  // Constructors of patterns.
  case someValue = "Some"
  case ok = "Ok"
  case err = "Err"
  // Types.
  case string = "String"
  case int, float, bool
  case json = "JSON"
  case array = "Array"
  case map = "Map"
  case optional = "Optional"
  case result = "Result"
  // Words of tools and agents.
  case capabilities, description, command, timeout, idempotent, sandbox, memory, stdin, env, lines
}

extension NameTable {
  /// A table that begins with the names of all builtins, in the order of ``BuiltinSignature/all``, and the known names.
  static let prepared: NameTable = {
    var table = NameTable()
    for signature in BuiltinSignature.all { _ = table.intern(signature.name) }
    for known in KnownName.allCases { _ = table.intern(known.rawValue) }
    return table
  }()
}

/// The numbers of the known names.
struct KnownNames: Sendable {
  private let byNumber: [KnownName?]

  static let shared = KnownNames()

  private init() {
    var table = NameTable.prepared
    var byNumber = [KnownName?](repeating: nil, count: table.count)
    for known in KnownName.allCases { byNumber[Int(table.intern(known.rawValue))] = known }
    self.byNumber = byNumber
  }

  /// The known name with this number.
  subscript(name: NameID) -> KnownName? { Int(name) < byNumber.count ? byNumber[Int(name)] : nil }
}
