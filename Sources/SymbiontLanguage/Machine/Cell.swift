/// A value inside the machine: sixteen trivially copyable bytes, so that moving one costs no reference counting.
///
/// Containers and texts live in the machine's heap or among the program's constants; the cell holds their handle.
struct Cell {
  /// What the value is; see ``Tag``.
  ///
  /// One byte, so that a cell is copied as two scalars: a copy in one piece would wait for the two stores that wrote it.
  var tag: UInt8
  /// The integer, the float's bit pattern, 0 or 1 for a bool, or a handle.
  var bits: UInt64
}

/// What a cell holds.
///
/// The numbers are part of the snapshot format.
enum Tag {
  @inline(__always) static var int: UInt8 { 0 }
  @inline(__always) static var float: UInt8 { 1 }
  @inline(__always) static var bool: UInt8 { 2 }
  @inline(__always) static var null: UInt8 { 3 }
  @inline(__always) static var string: UInt8 { 4 }
  @inline(__always) static var secret: UInt8 { 5 }
  @inline(__always) static var array: UInt8 { 6 }
  @inline(__always) static var record: UInt8 { 7 }
  @inline(__always) static var closure: UInt8 { 8 }

  /// From here on the bits are a handle.
  @inline(__always) static var firstHandle: UInt8 { string }
  /// From here on the object can hold other objects.
  @inline(__always) static var firstContainer: UInt8 { array }
  /// The largest tag.
  @inline(__always) static var last: UInt8 { closure }
}

/// Where an object is: an index of 64-bit words in the heap, or in the program's constants.
enum Handle {
  /// Marks a handle into the constants, which no collection moves.
  ///
  /// Heaps are smaller than this many words.
  @inline(__always) static var constantBit: UInt64 { 1 << 32 }

  @inline(__always) static func isConstant(_ handle: UInt64) -> Bool { handle & constantBit != 0 }
}

extension Cell {
  @inline(__always) static var null: Cell { Cell(tag: Tag.null, bits: 0) }

  @inline(__always) init(int value: Int64) { self.init(tag: Tag.int, bits: UInt64(bitPattern: value)) }
  @inline(__always) init(int value: Int) { self.init(int: Int64(value)) }
  @inline(__always) init(float value: Double) { self.init(tag: Tag.float, bits: value.bitPattern) }
  @inline(__always) init(bool value: Bool) { self.init(tag: Tag.bool, bits: value ? 1 : 0) }
  @inline(__always) init(string handle: UInt64) { self.init(tag: Tag.string, bits: handle) }
  @inline(__always) init(array handle: UInt64) { self.init(tag: Tag.array, bits: handle) }
  @inline(__always) init(record handle: UInt64) { self.init(tag: Tag.record, bits: handle) }
  @inline(__always) init(closure handle: UInt64) { self.init(tag: Tag.closure, bits: handle) }

  /// The integer; meaningful when ``isInt``.
  @inline(__always) var int: Int64 { Int64(bitPattern: bits) }
  /// The float; meaningful when ``isFloat``.
  @inline(__always) var float: Double { Double(bitPattern: bits) }

  @inline(__always) var isInt: Bool { tag == Tag.int }
  @inline(__always) var isFloat: Bool { tag == Tag.float }
  @inline(__always) var isBool: Bool { tag == Tag.bool }
  @inline(__always) var isNull: Bool { tag == Tag.null }
  @inline(__always) var isString: Bool { tag == Tag.string }
  @inline(__always) var isArray: Bool { tag == Tag.array }
  @inline(__always) var isRecord: Bool { tag == Tag.record }
  @inline(__always) var isClosure: Bool { tag == Tag.closure }
  /// An int or a float.
  @inline(__always) var isNumber: Bool { tag <= Tag.float }
  /// Whether the bits are a handle.
  @inline(__always) var isHandle: Bool { tag >= Tag.firstHandle }
  /// Whether the object can hold others.
  @inline(__always) var isContainer: Bool { tag >= Tag.firstContainer }

  /// The number as a float; meaningful when ``isNumber``.
  @inline(__always) var number: Double { isInt ? Double(int) : float }

  /// The name that `type_of` and all messages give; the same as ``Value/typeName``.
  var typeName: String {
    switch tag {
    case Tag.int: "int"
    case Tag.float: "float"
    case Tag.bool: "bool"
    case Tag.null: "null"
    case Tag.string: "String"
    case Tag.secret: "secret"
    case Tag.array: "Array"
    case Tag.record: "record"
    default: "function"
    }
  }
}
