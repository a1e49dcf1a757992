/// Texts with placeholders: `format("{} of {}", "1", "2")`.
///
/// `{}` stands for the next argument and `{2}` for the third; a template uses one kind or the other. `{{` and `}}` are
/// braces. Arguments that no placeholder names are ignored.
public enum FormatText {
  /// The template with its placeholders filled in.
  public static func format(
    _ template: String, _ arguments: [String], maximumByteCount: Int = TextLimits.maximumByteCount
  ) throws(FormatTextError) -> String {
    var filler = TemplateFiller(template: template, arguments: arguments, maximumByteCount: maximumByteCount)
    return try filler.fill()
  }
}

/// Why a template cannot be filled in.
///
/// Offsets count the template's bytes.
public enum FormatTextError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A placeholder asks for an argument that was not given; `index` counts from 0.
  case missingArgument(index: Int, count: Int, offset: Int)
  /// A `{` without its `}`, or a `}` alone.
  case unbalancedBrace(offset: Int)
  /// Something else than digits between the braces.
  case malformedPlaceholder(offset: Int)
  /// `{}` and `{0}` in one template.
  case mixedPlaceholders(offset: Int)
  /// The result would be longer than allowed.
  case tooLong(maximumByteCount: Int)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .missingArgument(let index, let count, let offset):
      "the placeholder at byte \(offset) of the template asks for argument \(index), there are \(count), counted from 0"
    case .unbalancedBrace(let offset):
      "brace without its counterpart at byte \(offset) of the template; write `{{` or `}}` for a brace"
    case .malformedPlaceholder(let offset):
      "malformed placeholder at byte \(offset) of the template; write `{}` or `{0}`"
    case .mixedPlaceholders(let offset):
      "the placeholder at byte \(offset) of the template mixes `{}` with numbered ones; use one kind"
    case .tooLong(let maximum): "the resulting text would be longer than \(maximum) bytes"
    }
  }
}

/// One pass over a template.
private struct TemplateFiller {
  private enum Numbering {
    case automatic, explicit
  }

  private let template: [UInt8]
  private let arguments: [String]
  private let maximumByteCount: Int
  private var result: [UInt8] = []
  private var offset = 0
  private var nextArgument = 0
  private var numbering: Numbering?

  init(template: String, arguments: [String], maximumByteCount: Int) {
    self.template = Array(template.utf8)
    self.arguments = arguments
    self.maximumByteCount = maximumByteCount
  }

  mutating func fill() throws(FormatTextError) -> String {
    while offset < template.count {
      let byte = template[offset]
      let isDoubled = offset + 1 < template.count && template[offset + 1] == byte
      switch byte {
      case UInt8(ascii: "{") where isDoubled, UInt8(ascii: "}") where isDoubled:
        result.append(byte)
        offset += 2
      case UInt8(ascii: "{"): try fillPlaceholder()
      case UInt8(ascii: "}"): throw .unbalancedBrace(offset: offset)
      default:
        result.append(byte)
        offset += 1
      }
      guard result.count <= maximumByteCount else { throw .tooLong(maximumByteCount: maximumByteCount) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private mutating func fillPlaceholder() throws(FormatTextError) {
    let start = offset
    guard let end = template[start...].firstIndex(of: UInt8(ascii: "}")) else { throw .unbalancedBrace(offset: start) }
    let index = try argumentIndex(template[(start + 1)..<end], at: start)
    guard index < arguments.count else {
      throw .missingArgument(index: index, count: arguments.count, offset: start)
    }
    let argument = arguments[index].utf8
    guard result.count + argument.count <= maximumByteCount else { throw .tooLong(maximumByteCount: maximumByteCount) }
    result.append(contentsOf: argument)
    offset = end + 1
  }

  private mutating func argumentIndex(_ digits: ArraySlice<UInt8>, at start: Int) throws(FormatTextError) -> Int {
    let wanted: Numbering = digits.isEmpty ? .automatic : .explicit
    if let numbering, numbering != wanted { throw .mixedPlaceholders(offset: start) }
    numbering = wanted
    guard wanted == .explicit else {
      defer { nextArgument += 1 }
      return nextArgument
    }
    let zero = UInt8(ascii: "0")
    guard digits.allSatisfy({ $0 >= zero && $0 <= UInt8(ascii: "9") }) else {
      throw .malformedPlaceholder(offset: start)
    }
    // No call has as many arguments as a number of more digits says.
    let mostDigits = 9
    guard digits.count <= mostDigits else {
      throw .missingArgument(index: .max, count: arguments.count, offset: start)
    }
    return digits.reduce(0) { $0 * 10 + Int($1 - zero) }
  }
}
