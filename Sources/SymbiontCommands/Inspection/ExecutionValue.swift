import SymbiontCore
import SymbiontLanguage
import SymbiontRuntime

/// Executions and effects as JSON.
enum ExecutionValue {
  static func value(of execution: ExecutionSummary) -> Value {
    var record: Record = [
      "id": .string("\(execution.id)"), "agent_id": .string("\(execution.agentID)"),
      "agent": .string(execution.agentName), "is_branch": .bool(execution.isBranch),
      "status": .string(execution.status.rawValue), "created_at": .string("\(execution.createdAt)"),
      "updated_at": .string("\(execution.updatedAt)"), "input": printable(execution.input),
    ]
    if let parent = execution.parent {
      record["parent"] = ["execution": .string("\(parent.execution)"), "sequence": .int(Int64(parent.sequence))]
    }
    switch execution.outcome {
    case .completed(let value)?: record["result"] = printable(value)
    case .failed(let error)?: record["error"] = .record(OutcomeCodec.record(error))
    case .cancelled?, nil: break
    }
    return .record(record)
  }

  static func value(of effect: EffectSummary, children: [Value]) -> Value {
    var record: Record = [
      "sequence": .int(Int64(effect.sequence)), "effect": .string(effect.name),
      "arguments": .array(effect.arguments.map { printable($0) }), "options": printable(.record(effect.options)),
      "status": .string(effect.status.rawValue), "started_at": .string("\(effect.startedAt)"),
    ]
    if let finishedAt = effect.finishedAt { record["finished_at"] = .string("\(finishedAt)") }
    switch effect.outcome {
    case .value(let value)?: record["value"] = printable(value)
    case .failure(let error)?: record["error"] = .record(OutcomeCodec.record(error))
    case nil: break
    }
    if !children.isEmpty { record["children"] = .array(children) }
    return .record(record)
  }

  /// A value that JSON can express; anything else as the text that people read.
  private static func printable(_ value: Value) -> Value {
    (try? ValueJSON.encode(value)) == nil ? .string(value.description) : value
  }
}
