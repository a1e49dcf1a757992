import Glibc

/// Reads whole files, but never more than a limit.
enum BoundedFile {
  private static let chunkBytes = 262_144

  /// The bytes of a file; `-` is standard input.
  ///
  /// - Parameter tooLarge: What is thrown when there are more than `maximum` bytes.
  static func read(
    _ path: String, maximum: Int, tooLarge: () -> CommandFailure
  ) throws(CommandFailure) -> [UInt8] {
    guard path != "-" else { return try read(STDIN_FILENO, "standard input", maximum, tooLarge) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
    if status.st_mode & S_IFMT == S_IFREG, status.st_size > maximum { throw tooLarge() }
    return try read(descriptor, path, maximum, tooLarge)
  }

  private static func read(
    _ descriptor: Int32, _ name: String, _ maximum: Int, _ tooLarge: () -> CommandFailure
  ) throws(CommandFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(name, errno)
      }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= maximum else { throw tooLarge() }
      bytes += chunk[..<count]
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> CommandFailure {
    switch number {
    case ENOENT, ENOTDIR: CommandFailure(.fileNotFound, "there is no file `\(path)`")
    case EISDIR:
      CommandFailure(.fileIsDirectory, "`\(path)` is a directory, not a file", hint: "name a file in it")
    default:
      CommandFailure(.fileUnreadable, "`\(path)` cannot be read: \(String(cString: strerror(number)))")
    }
  }
}
