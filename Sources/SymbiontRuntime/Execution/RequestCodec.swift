package import SymbiontLanguage

/// The journal's form of a request: its arguments as a binary value.
///
/// The effect itself has a column of its own.
package enum RequestCodec {
  package static func encode(_ request: EffectRequest) -> [UInt8] {
    guard !request.arguments.isEmpty || !request.options.isEmpty || request.tool != nil else { return [] }
    var fields: Record = ["arguments": .array(request.arguments)]
    if !request.options.isEmpty { fields["options"] = .record(request.options) }
    if let tool = request.tool { fields["tool"] = .int(Int64(tool)) }
    return ValueCodec.encode(.record(fields))
  }

  /// The arguments, options and tool of a stored request; empty ones for bytes that are none.
  package static func decode(_ bytes: [UInt8]) -> (arguments: [Value], options: Record, tool: Int?) {
    guard !bytes.isEmpty, case .record(let fields)? = try? ValueCodec.decode(bytes) else { return ([], Record(), nil) }
    return (
      fields["arguments"]?.arrayValue ?? [], fields["options"]?.recordValue ?? Record(),
      fields["tool"]?.intValue.map { Int(clamping: $0) }
    )
  }
}
