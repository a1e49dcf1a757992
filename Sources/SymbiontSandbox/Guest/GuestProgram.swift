import Glibc
package import SymbiontCore

/// Where the static program is that is the first process of every sandbox.
package enum GuestProgram {
  /// The name of its file.
  package static let name = "symbi-guest"
  /// The environment variable that names another file.
  package static let environmentVariable = "SYMBIONT_GUEST"

  /// Finds the program beside the one that runs, or where the environment says.
  package static func locate() throws(SandboxError) -> String {
    if let given = getenv(environmentVariable) { return try checked(String(cString: given)) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { throw .engineMissing(engine: name, hint: "set `\(environmentVariable)` to its path") }
    let program = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let directory = program.split(separator: "/").dropLast().map { "/\($0)" }.joined()
    return try checked("\(directory)/\(name)")
  }

  private static func checked(_ path: String) throws(SandboxError) -> String {
    guard access(path, X_OK) == 0 else {
      throw .engineMissing(
        engine: name, hint: "`\(path)` is not an executable file: build it, or set `\(environmentVariable)` to its path"
      )
    }
    return path
  }
}
