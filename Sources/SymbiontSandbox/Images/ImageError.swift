import SymbiontCore
import SymbiontSystem

/// Why an image could not be read or kept.
enum ImageError: Error, Hashable {
  /// Its content is refused.
  case invalid(String)
  /// The system refused an operation.
  case failed(String)

  /// A failed system call, and what it was for.
  static func failed(_ what: String, _ error: SystemError) -> ImageError {
    .failed("could not \(what): \(error)")
  }

  /// The error for those who use the store.
  func about(_ image: String) -> SandboxError {
    switch self {
    case .invalid(let reason): .imageInvalid(image: image, reason: reason)
    case .failed(let reason): .imageStoreFailed(reason: reason)
    }
  }

  /// Makes a system call for a purpose.
  static func attempt<Value>(
    _ what: @autoclosure () -> String, _ body: () throws(SystemError) -> Value
  ) throws(ImageError) -> Value {
    do throws(SystemError) {
      return try body()
    } catch {
      throw .failed(what(), error)
    }
  }
}
