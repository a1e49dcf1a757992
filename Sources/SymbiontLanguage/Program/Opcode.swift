/// The instructions of the machine.
///
/// `A`, `B`, `C` are 16-bit operands, `X` is the signed 32-bit immediate that takes the place of `B` and `C`. `R[n]` is a
/// register of the running frame. Jump distances count instructions from the one after the jump.
///
/// Containers are values. An array or record carries a *shared* mark; writing through a place copies a marked container
/// first. Whatever makes a second reference sets the mark: `copy`, and every read of an element (`getField`, `getIndex`,
/// `iterate`). `move` hands a temporary on without a mark. So the compiler passes variables to anything that keeps its
/// operand (arguments, elements, captures, stores) through `copy`, and temporaries directly.
public enum Opcode: UInt8, Sendable, CaseIterable {
  // Loads.
  /// R[A] = null
  case loadNull = 0
  /// R[A] = B != 0
  case loadBool
  /// R[A] = X
  case loadInteger
  /// R[A] = constants[X]
  case loadConstant
  /// R[A] = R[B]; R[B] is not used again, or both are known to hold no container
  case move
  /// R[A] = R[B], and mark a container as shared
  case copy

  // Arithmetic, on integers and floats; `add` joins strings too (both operands strings).
  /// R[A] = R[B] op R[C]
  case add, subtract, multiply, divide, remainder
  /// R[A] = R[B] + signed C
  case addImmediate
  /// R[A] = -R[B]
  case negate
  /// R[A] = !R[B]
  case not

  // Comparisons to a bool. Equality is structural; order is defined for two numbers or two strings.
  /// R[A] = R[B] op R[C]
  case equal, notEqual, less, lessOrEqual
  /// R[A] = R[B] in R[C]: element of an array, key of a record, part of a string
  case contained

  // Jumps.
  /// pc += X
  case jump
  /// if R[A] (a bool, or a TypeError) is true / false: pc += X
  case jumpIfTrue, jumpIfFalse
  /// if R[A] is null / not null: pc += X
  case jumpIfNull, jumpIfNotNull
  /// if R[A] op R[B]: pc += signed C
  case jumpIfEqual, jumpIfNotEqual, jumpIfLess, jumpIfLessOrEqual
  /// if not (R[A] op R[B]): pc += signed C. Distinct from swapped operands because of NaN.
  case jumpIfNotLess, jumpIfNotLessOrEqual
  /// if not (R[A] op signed B): pc += signed C
  case jumpIfNotEqualImmediate, jumpIfNotLessImmediate, jumpIfNotLessOrEqualImmediate
  /// if not (R[A] > / >= signed B): pc += signed C
  case jumpIfNotGreaterImmediate, jumpIfNotGreaterOrEqualImmediate

  // Loops.
  /// R[A] int or array-like: R[A] is the collection, R[A+1] the int position, which starts at 0. If there is a next
  /// element: R[A+2] = it (marked), R[A+1] += 1; else pc += X. Arrays give elements, records keys, strings scalars;
  /// anything else is a TypeError.
  case iterate
  /// R[A] is the next int, R[A+1] the end (excluded): if R[A] < R[A+1]: R[A+2] = R[A], R[A] += 1; else pc += X.
  case iterateRange
  /// Both R[A] and R[A+1] must be ints, or a TypeError: the head of a loop over `range(a, b)`.
  case checkRange

  // Calls. The window starts at R[A]: arguments in R[A], R[A+1] …; the result replaces R[A].
  /// call functions[B] with C arguments (its parameters are in R[0] … of its own frame, captures follow)
  case call
  /// call the closure R[B] with C arguments; a wrong number of arguments is a TypeError
  case callClosure
  /// call pure builtin B with C arguments
  case callBuiltin
  /// ask for effect B; the arguments are laid out as callShapes[C]: positional ones, then the named ones in their order
  case callEffect
  /// run tool B; arguments as callShapes[C]
  case callTool
  /// return R[A]
  case `return`
  /// return null
  case returnNull
  /// R[A] = closure of functions[B], capturing R[C] … as many as the function's captureCount
  case makeClosure

  // Containers.
  /// R[A] = array of R[B] … R[B+C-1]
  case newArray
  /// R[A] = record with the keys of shapes[C] and the values R[B] …
  case newRecord
  /// append R[B] to the array in place R[A] (copied first when shared); any other value in R[A] is a TypeError
  case append
  /// R[A] = R[B].symbols[C]; a missing field is a FieldError
  case getField
  /// R[A].symbols[B] = R[C]; adds the field when missing; R[A] is a place
  case setField
  /// R[A] = R[B][R[C]]: array by int, record by string, string by scalar position; IndexError or FieldError when missing
  case getIndex
  /// R[A][R[B]] = R[C]; R[A] is a place; an array index must exist, a record key is added when missing
  case setIndex
  /// Like getField / getIndex on the place R[B], which is first made its own; the child is not marked. The compiler
  /// changes the child and writes it back with setField / setIndex.
  case placeField, placeIndex

  // Errors and checks.
  /// throw R[A]: a record with `kind` and `message` (as made by `error`), or any other value, which is wrapped
  case `throw`
  /// R[A] must be a bool, or a TypeError
  case checkBool
  /// R[A] must be of types[X], or a TypeError that names the path; ints become floats where floats are declared
  case checkType
  /// R[A] = 1 when R[B] is an array of exactly C elements / at least C elements / a record with the field symbols[C], else 0 (a bool)
  case isArrayOfCount, isArrayOfAtLeast, hasField
  /// R[A] = the array R[B] from element C to the end
  case arrayRest

  // Reading through containers.
  /// Like getField / getIndex, but the element is not marked. The compiler only reads from R[A], and only until the next
  /// write through a place of the frame: so `m[i][j]` does not make the next write to the row copy it.
  case peekField, peekIndex
}
