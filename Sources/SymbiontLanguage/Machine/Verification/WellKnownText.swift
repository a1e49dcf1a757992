/// Texts that the machine itself needs: the fields of errors and their kinds.
enum WellKnownText: Int, CaseIterable {
  case kind = 0, message, position, data, line, column
  case ok, error, length
  case typeError, divisionByZero, overflow, indexError, fieldError, formatError, limitExceeded
  /// The kind of a thrown value that is no error record.
  case thrown

  /// The text.
  var text: String {
    switch self {
    case .kind: "kind"
    case .message: "message"
    case .position: "position"
    case .data: "data"
    case .line: "line"
    case .column: "column"
    case .ok: "ok"
    case .error: "error"
    case .length: "length"
    case .typeError: "TypeError"
    case .divisionByZero: "DivisionByZero"
    case .overflow: "Overflow"
    case .indexError: "IndexError"
    case .fieldError: "FieldError"
    case .formatError: "FormatError"
    case .limitExceeded: "LimitExceeded"
    case .thrown: "Thrown"
    }
  }
}
