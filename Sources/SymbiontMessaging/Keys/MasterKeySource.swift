import Foundation
public import SymbiontCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the master key comes from; outside the program it is always written as 64 hexadecimal digits.
public enum MasterKeySource: Sendable {
  /// A file that only its owner may read; it is made with a new key when it is missing.
  case file(String)
  /// A variable of the environment, which is removed once it was read, so that no program that is started inherits it.
  ///
  /// Read it before other threads run.
  case environment(String)
  /// A descriptor, read to its end and closed.
  case fileDescriptor(Int32)
  /// A key that the program has already.
  case key(MasterKey)

  /// Reads the key.
  ///
  /// - Throws: ``SecurityError/keyMissing(purpose:)`` when there is none,
  ///   ``SecurityError/keyInvalid(purpose:reason:)`` when it is not a key, and
  ///   ``SecurityError/permissionsTooOpen(path:mode:)`` when others than the owner can read the file.
  public func load() throws(SecurityError) -> MasterKey {
    switch self {
    case .file(let path): try Self.load(path)
    case .environment(let name): try Self.load(variable: name)
    case .fileDescriptor(let descriptor):
      try {
        () throws(SecurityError) in
        defer { close(descriptor) }
        return try Self.parse(try Self.read(descriptor))
      }()
    case .key(let key): key
    }
  }

  private static let textLength = 2 * MasterKey.byteCount

  private static func load(variable name: String) throws(SecurityError) -> MasterKey {
    guard let value = getenv(name) else { throw .keyMissing(purpose: MasterKey.purpose) }
    let text = Array(UnsafeRawBufferPointer(start: value, count: strnlen(value, textLength + 2)))
    unsetenv(name)
    return try parse(text)
  }

  private static func load(_ path: String) throws(SecurityError) -> MasterKey {
    var descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if descriptor < 0, errno == ENOENT {
      try create(path)
      descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    }
    guard descriptor >= 0 else { throw failed("`\(path)` cannot be opened") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .keyInvalid(purpose: MasterKey.purpose, reason: "`\(path)` is not a file")
    }
    let mode = UInt16(status.st_mode & 0o7777)
    guard mode & 0o077 == 0 else { throw .permissionsTooOpen(path: path, mode: mode) }
    return try parse(try read(descriptor))
  }

  /// Makes the file whole or not at all: another process that makes it at the same time wins or loses.
  private static func create(_ path: String) throws(SecurityError) {
    let temporary = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failed("`\(path)` cannot be made") }
    defer {
      close(descriptor)
      unlink(temporary)
    }
    var random = SystemRandomNumberGenerator()
    var text: [UInt8] = []
    for _ in 0..<MasterKey.byteCount {
      let byte = UInt8.random(in: .min ... .max, using: &random)
      text += [digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
    text.append(UInt8(ascii: "\n"))
    guard fchmod(descriptor, 0o600) == 0, write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0
    else {
      throw failed("`\(path)` cannot be written")
    }
    guard link(temporary, path) == 0 || errno == EEXIST else { throw failed("`\(path)` cannot be made") }
    try synchronize(directoryOf: path)
  }

  /// A key whose file is lost with its name could not unwrap anything again.
  private static func synchronize(directoryOf path: String) throws(SecurityError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed("`\(directory)` cannot be opened") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failed("`\(directory)` cannot be synchronized") }
  }

  private static func read(_ descriptor: Int32) throws(SecurityError) -> [UInt8] {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 2 * textLength)
    while text.count <= textLength + 1 {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failed("it cannot be read") }
      if count == 0 { break }
      text += buffer[..<count]
    }
    return text
  }

  private static func parse(_ text: [UInt8]) throws(SecurityError) -> MasterKey {
    let text = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
    guard !text.isEmpty else { throw .keyMissing(purpose: MasterKey.purpose) }
    let values = text.map { byte in digits.firstIndex(of: byte | 0x20) }
    guard text.count == textLength, !values.contains(nil) else {
      throw .keyInvalid(purpose: MasterKey.purpose, reason: "it is not \(textLength) hexadecimal digits")
    }
    let nibbles = values.compactMap { $0 }
    let bytes = stride(from: 0, to: textLength, by: 2).map { UInt8(nibbles[$0] << 4 | nibbles[$0 + 1]) }
    return try MasterKey(bytes: Secret(bytes))
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func failed(_ what: String) -> SecurityError {
    .keyInvalid(purpose: MasterKey.purpose, reason: "\(what): \(String(cString: strerror(errno)))")
  }
}
