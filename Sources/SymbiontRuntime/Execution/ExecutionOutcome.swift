public import SymbiontLanguage

/// How an execution ended.
public enum ExecutionOutcome: Sendable, Hashable {
  /// It returned a value.
  case completed(Value)
  /// An error was caught nowhere, or a limit was reached.
  case failed(ProgramError)
  /// It was cancelled.
  case cancelled
}

/// The stored form of outcomes: `{ok: value}`, `{error: {…}}` or `{cancelled: true}` as a binary value; what a recovery
/// cancelled has `recovery: true` beside, and what its task did `task: true`.
package enum OutcomeCodec {
  package static func encode(_ outcome: ExecutionOutcome) -> [UInt8] {
    switch outcome {
    case .completed(let value): ValueCodec.encode(.record(["ok": value]))
    case .failed(let error): ValueCodec.encode(.record(["error": .record(record(error))]))
    case .cancelled: ValueCodec.encode(.record(["cancelled": true]))
    }
  }

  /// That an execution ended because a recovery stopped its agent.
  package static let stoppedToRecover = ValueCodec.encode(.record(["cancelled": true, "recovery": true]))

  /// That an execution ended because its task was cancelled or took too long.
  package static let stoppedForTask = ValueCodec.encode(.record(["cancelled": true, "task": true]))

  package static func encode(_ outcome: EffectOutcome) -> [UInt8] {
    switch outcome {
    case .value(let value): encode(ExecutionOutcome.completed(value))
    case .failure(let error): encode(ExecutionOutcome.failed(error))
    }
  }

  package static func decode(_ bytes: [UInt8]) throws(ValueCodecError) -> ExecutionOutcome {
    guard case .record(let stored) = try ValueCodec.decode(bytes) else { return .failed(damaged) }
    if let value = stored["ok"] { return .completed(value) }
    if case .record(let fields) = stored["error"] { return .failed(error(fields)) }
    return stored["cancelled"] == .bool(true) ? .cancelled : .failed(damaged)
  }

  package static func decodeEffect(_ bytes: [UInt8]) throws(ValueCodecError) -> EffectOutcome {
    switch try decode(bytes) {
    case .completed(let value): .value(value)
    case .failed(let error): .failure(error)
    case .cancelled: .failure(damaged)
    }
  }

  /// An error as the record that programs and callers see.
  package static func record(_ error: ProgramError) -> Record {
    var fields: Record = ["kind": .string(error.kind), "message": .string(error.message)]
    if let position = error.position {
      fields["position"] = .record([
        "offset": .int(Int64(position.offset)), "line": .int(Int64(position.line)),
        "column": .int(Int64(position.column)),
      ])
    }
    if error.data != .null { fields["data"] = error.data }
    return fields
  }

  private static func error(_ fields: Record) -> ProgramError {
    var position: SourcePosition?
    if case .record(let stored) = fields["position"], case .int(let offset) = stored["offset"],
      case .int(let line) = stored["line"], case .int(let column) = stored["column"]
    {
      position = SourcePosition(
        offset: UInt32(truncatingIfNeeded: offset), line: Int(truncatingIfNeeded: line),
        column: Int(truncatingIfNeeded: column))
    }
    return ProgramError(
      kind: fields["kind"]?.stringValue ?? "Error", message: fields["message"]?.stringValue ?? "",
      data: fields["data"] ?? .null, position: position)
  }

  private static let damaged = ProgramError(
    kind: "JournalDamaged", message: "a stored outcome is not what this program writes")
}
