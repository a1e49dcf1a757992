internal import SymbiontCore
internal import SymbiontLanguage
internal import SymbiontStore

extension EffectPlanner {
  /// `remember`, `recall`, `forget`, `memory_write` and `memory_search`: the agent's own durable memory.
  func memory(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    switch arguments.request.effect {
    case .remember: try remember(arguments, session)
    case .recall: try recall(arguments, session)
    case .forget: try forget(arguments, session)
    case .memoryWrite: try memoryWrite(arguments, session)
    default: try memorySearch(arguments, session)
    }
  }

  private func key(_ arguments: EffectArguments) throws(ProgramError) -> String {
    let key = try arguments.text(0, "key")
    guard key.utf8.count <= services.limits.memoryKeyBytes else {
      throw ProgramError(
        kind: "LimitExceeded",
        message:
          "\(arguments.name): the key has \(key.utf8.count) bytes, the maximum is \(services.limits.memoryKeyBytes)")
    }
    return key
  }

  private func remember(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let key = try key(arguments)
    guard let value = Self.storable(arguments.value(1)) else {
      throw arguments.mismatch("value", "a value without functions", arguments.value(1))
    }
    let bytes = ValueCodec.encode(value)
    let agent = session.agentID
    return { (store, records) in
      try store.remember(key, bytes, of: agent, at: records.now)
      return .outcome(.value(.null))
    }
  }

  private func recall(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let key = try key(arguments)
    let fallback = arguments.value(1)
    let agent = session.agentID
    return { (store, _) in
      guard let bytes = try store.recall(key, of: agent) else { return .outcome(.value(fallback)) }
      do { return .outcome(.value(try ValueCodec.decode(bytes))) } catch {
        throw StoreError.corrupt("the memory entry `\(key)`: \(error)")
      }
    }
  }

  private func forget(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> LocalEffect {
    let key = try key(arguments)
    let agent = session.agentID
    return { (store, _) throws in .outcome(.value(.bool(try store.forget(key, of: agent)))) }
  }

  private func memoryWrite(
    _ arguments: EffectArguments, _ session: ExecutionSession
  ) throws(ProgramError) -> LocalEffect {
    let name = try storeName(arguments, session)
    let record = Value.record(try arguments.record(1, "record"))
    guard let record = Self.storable(record) else {
      throw arguments.mismatch("record", "a record without functions", record)
    }
    let bytes = ValueCodec.encode(record)
    let text = Self.searchText(record)
    let agent = session.agentID
    return { (store, records) in
      let number = try store.insertMemoryRecord(bytes, text: text, store: name, of: agent, at: records.now)
      return .outcome(.value(.int(number)))
    }
  }

  private func memorySearch(
    _ arguments: EffectArguments, _ session: ExecutionSession
  ) throws(ProgramError) -> LocalEffect {
    let name = try storeName(arguments, session)
    let words = Self.words(try arguments.text(1, "query"))
    var limit = services.limits.memorySearchResults
    if let given = arguments.request.options["limit"], given != .null {
      guard case .int(let number) = given, number > 0 else {
        throw arguments.mismatch("limit", "a positive int", given)
      }
      limit = min(limit, Int(clamping: number))
    }
    let agent = session.agentID
    return { [limit] (store, _) in
      let found =
        words.isEmpty
        ? try store.latestMemoryRecords(store: name, of: agent, limit: limit)
        : try store.searchMemoryRecords(matching: words, store: name, of: agent, limit: limit)
      var values: [Value] = []
      for bytes in found {
        do { values.append(try ValueCodec.decode(bytes)) } catch {
          throw StoreError.corrupt("a record of the memory store `\(name)`: \(error)")
        }
      }
      return .outcome(.value(.array(values)))
    }
  }

  /// The name of a `memory` block of the program.
  ///
  /// A program without any may use names freely.
  private func storeName(_ arguments: EffectArguments, _ session: ExecutionSession) throws(ProgramError) -> String {
    let name = try arguments.text(0, "store")
    let declared = session.program.program.declarations.memories.map(\.name)
    guard declared.isEmpty || declared.contains(name) else {
      throw ProgramError(
        kind: "TypeError",
        message: "\(arguments.name): `\(name)` is no `memory` of the program; it declares "
          + declared.map { "`\($0)`" }.joined(separator: ", "))
    }
    return name
  }

  /// Every word of a query, quoted, so that nothing in it is an operator of the search language.
  static func words(_ query: String) -> String {
    let separators = query.split { !$0.isLetter && !$0.isNumber }
    return separators.map { "\"\($0)\"" }.joined(separator: " ")
  }

  /// All texts and numbers of a value, one a line: what a search finds it by.
  static func searchText(_ value: Value) -> String {
    var lines: [String] = []
    var open: [Value] = [value]
    while let value = open.popLast() {
      switch value {
      case .string(let text): lines.append(text)
      case .int(let number): lines.append("\(number)")
      case .float(let number): lines.append("\(number)")
      case .array(let elements): open += elements.reversed()
      case .record(let record): open += record.values.reversed()
      default: continue
      }
    }
    return lines.joined(separator: "\n")
  }

  /// A value that may outlive its execution: one without functions, whose code belongs to one program.
  static func storable(_ value: Value) -> Value? {
    var open: [Value] = [value]
    while let next = open.popLast() {
      switch next {
      case .function: return nil
      case .array(let elements): open += elements
      case .record(let record): open += record.values
      default: continue
      }
    }
    return value
  }
}
