import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A new data directory for one test, which only this user may enter and which is removed with the value.
public final class TemporaryStoreDirectory: Sendable {
  /// Its absolute path.
  public let path: String

  /// Makes the directory under the system's temporary directory.
  ///
  /// - Throws: a `POSIXError` when it cannot be made.
  public init() throws {
    let template = FileManager.default.temporaryDirectory.path + "/symbiont-store-XXXXXX"
    var name = template.utf8CString
    let isMade = name.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    guard isMade else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
