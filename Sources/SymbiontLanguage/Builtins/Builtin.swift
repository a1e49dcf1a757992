/// The pure builtins: functions of the language that have no effect.
///
/// The raw value is stable: bytecode refers to it.
public enum Builtin: UInt16, Sendable, Hashable, CaseIterable {
  case len = 0, keys, values, get, contains, push, slice
  case reverse, join, split, trim, upper, lower, replace
  case startsWith, endsWith, matches, format, parseJSON, toJSON
  case int, float, string, typeOf
  case abs, min, max, round, floor, ceil, sum, range
  case hash, hex, base64Encode, base64Decode, parseTime, formatTime, error
  /// `Some(x)` is `x`; `Ok(x)` is `{ok: x}`; `Err(e)` is `{error: e}`; `None` is `null` and no call.
  case some, ok, err
  /// `sort(list)`; with a key function the compiler computes the keys first.
  case sort
  /// `sort(list, key)`: the list and the list of its keys, made by the compiler. Not a name of the language.
  case sortByKeys
  /// Inlined as loops by the compiler; never reach the machine.
  case map, filter, reduce
}

/// The effects: the only way out of the machine.
///
/// The raw value is stable: bytecode and journals refer to it.
public enum Effect: UInt16, Sendable, Hashable, CaseIterable {
  case now = 0, random, uuid, sleep
  case log, auditLog
  case send, publish, subscribe, unsubscribe, receive, ask, reply
  case spawn, call, parallel, race
  case exec, readFile, writeFile, listFiles, deleteFile
  case http
  case remember, recall, forget, memoryWrite, memorySearch
  case requestApproval, checkpoint
  /// A `tool` of the file; the request names it.
  case tool
}
