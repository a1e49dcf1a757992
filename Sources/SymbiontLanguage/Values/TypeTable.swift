/// The types of a program, by index.
///
/// Declarations that refer to themselves or to each other do so by index (``ValueType/named(_:)``): reserve an index with
/// ``declare(_:)``, build the type, then ``define(_:as:)`` it.
public struct TypeTable: Sendable, Hashable {
  /// One type of the table.
  public struct Entry: Sendable, Hashable {
    /// The name of the declaration; `nil` for a type that was written in place.
    public var name: String?
    /// The type.
    public var type: ValueType

    /// Makes an entry.
    public init(name: String? = nil, type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// All entries.
  public private(set) var entries: [Entry]

  /// Makes a table.
  public init(_ entries: [Entry] = []) {
    self.entries = entries
  }

  /// How many types there are.
  public var count: Int { entries.count }

  /// The type at an index, or nothing when the table has none there.
  public subscript(index: UInt32) -> ValueType? {
    Int(index) < entries.count ? entries[Int(index)].type : nil
  }

  /// The index of the declaration with this name.
  public func index(named name: String) -> UInt32? {
    entries.firstIndex { $0.name == name }.flatMap { UInt32(exactly: $0) }
  }

  /// Reserves an index for a declaration whose type is defined later; until then it is ``ValueType/any``.
  public mutating func declare(_ name: String) -> UInt32 {
    append(.any, name: name)
  }

  /// Gives a declared index its type.
  ///
  /// An index that the table does not have is ignored.
  public mutating func define(_ index: UInt32, as type: ValueType) {
    guard Int(index) < entries.count else { return }
    entries[Int(index)].type = type
  }

  /// Adds a type and returns its index.
  @discardableResult
  public mutating func append(_ type: ValueType, name: String? = nil) -> UInt32 {
    entries.append(Entry(name: name, type: type))
    return UInt32(truncatingIfNeeded: entries.count - 1)
  }

  /// A type as it is written in the language: `Array<Item>`.
  public func describe(_ type: ValueType) -> String {
    switch type {
    case .any: "JSON"
    case .null: "null"
    case .string: "String"
    case .int: "int"
    case .float: "float"
    case .bool: "bool"
    case .array(let element): "Array<\(describe(element))>"
    case .map(let key, let value): "Map<\(describe(key)), \(describe(value))>"
    case .optional(let wrapped): "Optional<\(describe(wrapped))>"
    case .result(let success, let failure): "Result<\(describe(success)), \(describe(failure))>"
    case .record(let record): record.name ?? "record"
    case .named(let index): describe(named: index)
    }
  }

  private func describe(named index: UInt32) -> String {
    guard Int(index) < entries.count else { return "unknown type #\(index)" }
    return entries[Int(index)].name ?? "type #\(index)"
  }
}
