/// How a builtin or an effect is called: the one table that checker, compiler, machine and documentation share.
public struct BuiltinSignature: Sendable, Hashable {
  /// What a name stands for.
  public enum Target: Sendable, Hashable {
    case builtin(Builtin)
    case effect(Effect)
  }

  /// The name in the language.
  public let name: String
  /// What it stands for.
  public let target: Target
  /// The names of the positional parameters; each may be given by name too.
  public let parameters: [String]
  /// How many of ``parameters`` must be given.
  public let required: Int
  /// Whether further positional arguments may follow (`exec("git", "log", "-1")`).
  public let isVariadic: Bool
  /// Options that are given by name only (`timeout: 5s`).
  public let options: [String]

  package init(
    _ name: String, _ target: Target, _ parameters: [String] = [], required: Int? = nil, isVariadic: Bool = false,
    options: [String] = []
  ) {
    self.name = name
    self.target = target
    self.parameters = parameters
    self.required = required ?? parameters.count
    self.isVariadic = isVariadic
    self.options = options
  }

  /// All names, effects first.
  public static let all: [BuiltinSignature] = effects + pure

  /// By name.
  public static let byName: [String: BuiltinSignature] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  private static let effects: [BuiltinSignature] = [
    .init("now", .effect(.now)),
    .init("random", .effect(.random)),
    .init("uuid", .effect(.uuid)),
    .init("sleep", .effect(.sleep), ["duration"]),
    .init("log", .effect(.log), ["level", "text", "fields"], required: 2),
    .init("audit_log", .effect(.auditLog), ["event", "fields"], required: 1),
    .init("send", .effect(.send), ["to", "payload"], options: ["topic", "ttl", "priority"]),
    .init("publish", .effect(.publish), ["topic", "payload"]),
    .init("subscribe", .effect(.subscribe), ["topic"]),
    .init("unsubscribe", .effect(.unsubscribe), ["topic"]),
    .init("receive", .effect(.receive), options: ["timeout"]),
    .init("ask", .effect(.ask), ["agent", "payload"], options: ["timeout"]),
    .init("reply", .effect(.reply), ["message", "payload"]),
    .init("spawn", .effect(.spawn), ["agent", "input"], required: 1),
    .init("call", .effect(.call), ["agent", "input"], required: 1, options: ["timeout"]),
    .init("parallel", .effect(.parallel), ["branches"], options: ["timeout"]),
    .init("race", .effect(.race), ["branches"], options: ["timeout"]),
    .init("exec", .effect(.exec), ["command"], isVariadic: true, options: ["stdin", "timeout", "env"]),
    .init("read_file", .effect(.readFile), ["path"]),
    .init("write_file", .effect(.writeFile), ["path", "content"]),
    .init("list_files", .effect(.listFiles), ["path"], required: 0),
    .init("delete_file", .effect(.deleteFile), ["path"]),
    .init("http", .effect(.http), ["method", "url"], options: ["headers", "body", "timeout"]),
    .init("remember", .effect(.remember), ["key", "value"]),
    .init("recall", .effect(.recall), ["key", "default"], required: 1),
    .init("forget", .effect(.forget), ["key"]),
    .init("memory_write", .effect(.memoryWrite), ["store", "record"]),
    .init("memory_search", .effect(.memorySearch), ["store", "query"], options: ["limit"]),
    .init("request_approval", .effect(.requestApproval), ["request"], options: ["timeout"]),
    .init("checkpoint", .effect(.checkpoint)),
  ]

  private static let pure: [BuiltinSignature] = [
    .init("len", .builtin(.len), ["x"]),
    .init("keys", .builtin(.keys), ["record"]),
    .init("values", .builtin(.values), ["record"]),
    .init("get", .builtin(.get), ["x", "key", "default"], required: 2),
    .init("contains", .builtin(.contains), ["x", "y"]),
    .init("push", .builtin(.push), ["list", "value"]),
    .init("slice", .builtin(.slice), ["x", "from", "to"], required: 2),
    .init("map", .builtin(.map), ["list", "f"]),
    .init("filter", .builtin(.filter), ["list", "f"]),
    .init("reduce", .builtin(.reduce), ["list", "initial", "f"]),
    .init("sort", .builtin(.sort), ["list", "key"], required: 1),
    .init("reverse", .builtin(.reverse), ["x"]),
    .init("join", .builtin(.join), ["list", "separator"]),
    .init("split", .builtin(.split), ["text", "separator"]),
    .init("trim", .builtin(.trim), ["text"]),
    .init("upper", .builtin(.upper), ["text"]),
    .init("lower", .builtin(.lower), ["text"]),
    .init("replace", .builtin(.replace), ["text", "from", "to"]),
    .init("starts_with", .builtin(.startsWith), ["text", "prefix"]),
    .init("ends_with", .builtin(.endsWith), ["text", "suffix"]),
    .init("matches", .builtin(.matches), ["text", "regex"]),
    .init("format", .builtin(.format), ["template"], isVariadic: true),
    .init("parse_json", .builtin(.parseJSON), ["text"]),
    .init("to_json", .builtin(.toJSON), ["value"]),
    .init("int", .builtin(.int), ["x"]),
    .init("float", .builtin(.float), ["x"]),
    .init("string", .builtin(.string), ["x"]),
    .init("type_of", .builtin(.typeOf), ["x"]),
    .init("abs", .builtin(.abs), ["x"]),
    .init("min", .builtin(.min), ["x"], isVariadic: true),
    .init("max", .builtin(.max), ["x"], isVariadic: true),
    .init("round", .builtin(.round), ["x", "digits"], required: 1),
    .init("floor", .builtin(.floor), ["x"]),
    .init("ceil", .builtin(.ceil), ["x"]),
    .init("sum", .builtin(.sum), ["list"]),
    .init("range", .builtin(.range), ["from", "to"]),
    .init("hash", .builtin(.hash), ["text"]),
    .init("hex", .builtin(.hex), ["text"]),
    .init("base64_encode", .builtin(.base64Encode), ["text"]),
    .init("base64_decode", .builtin(.base64Decode), ["text"]),
    .init("parse_time", .builtin(.parseTime), ["text"]),
    .init("format_time", .builtin(.formatTime), ["time", "pattern"]),
    .init("error", .builtin(.error), ["kind", "message", "data"], required: 2),
    .init("Some", .builtin(.some), ["value"]),
    .init("Ok", .builtin(.ok), ["value"]),
    .init("Err", .builtin(.err), ["error"]),
  ]
}
