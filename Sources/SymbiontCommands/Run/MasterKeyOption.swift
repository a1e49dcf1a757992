import ArgumentParser
import SymbiontCore
import SymbiontMessaging

/// Where the command line says that the master key is; the key itself never stands there.
struct MasterKeyOption: Sendable {
  /// What was given.
  let text: String
  private let source: MasterKeySource

  /// - Throws: `ValidationError` when the text names no place.
  init(_ text: String) throws {
    guard let source = Self.source(text) else {
      throw ValidationError("it must be file:PATH, env:NAME, or fd:NUMBER with a number from 3")
    }
    self.text = text
    self.source = source
  }

  private static func source(_ text: String) -> MasterKeySource? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let value = String(text[text.index(after: colon)...])
    guard !value.isEmpty else { return nil }
    switch text[..<colon] {
    case "file": return .file(value)
    case "env": return value.contains("=") ? nil : .environment(value)
    // The three standard streams have their own use.
    case "fd": return Int32(value).flatMap { $0 > 2 ? .fileDescriptor($0) : nil }
    default: return nil
    }
  }

  /// Reads the key.
  func load() throws(CommandFailure) -> MasterKeySource {
    do throws(SecurityError) { return .key(try source.load()) } catch {
      throw CommandFailure(error as any CodedError, hint: "it was looked for at `\(text)`", status: .usage)
    }
  }
}
