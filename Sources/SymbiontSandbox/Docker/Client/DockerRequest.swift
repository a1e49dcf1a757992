import NIOHTTP1

/// A call of the Docker Engine API.
struct DockerRequest: Sendable {
  /// What is sent along.
  struct Body: Sendable {
    var type: String
    var bytes: [UInt8]
  }

  var method: HTTPMethod
  /// The path after the version, such as `/containers/create`.
  var path: String
  /// What follows the question mark, not yet encoded.
  var query: [(name: String, value: String)] = []
  var body: Body?
  /// How long it may take from the connection on; nil when it may take for ever, and then it ends when the caller is
  /// cancelled.
  var timeout: Duration?
  /// The name of the call, for errors: it has no ids or values in it.
  var operation: String

  /// The longest answer that is kept, in bytes.
  ///
  /// The longest that this client asks for is the description of a container.
  static let maximumAnswerBytes = 4_194_304

  /// The path and the query as they are sent.
  func target(version: String?) -> String {
    let base = version.map { "/v\($0)\(path)" } ?? path
    guard !query.isEmpty else { return base }
    return base + "?" + query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
  }

  private static let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
  private static let hexadecimalDigits = Array("0123456789ABCDEF")

  /// Percent-encodes all but the unreserved characters (RFC 3986, section 2.3).
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      if unreserved.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result.append("%")
        result.append(hexadecimalDigits[Int(byte >> 4)])
        result.append(hexadecimalDigits[Int(byte & 0xf)])
      }
    }
    return result
  }
}

/// The answer to a call.
struct DockerResponse: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: [UInt8]

  /// Whether the engine did it.
  var isSuccess: Bool { (200..<300).contains(status) }
}
