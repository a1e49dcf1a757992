import Glibc
import SymbiontCore
import SymbiontSystem

/// A program of the machine that sets up networks.
///
/// It is started by the thread that needs it, so that it is in that thread's network namespace. It reads its commands from
/// a file in memory: nothing of them is on a command line, and no shell sees them.
struct NetworkTool: Sendable, Hashable {
  /// The programs.
  enum Name: String, Sendable, CaseIterable {
    /// Devices, addresses and routes.
    case ip
    /// Rules.
    case nft
    /// Rates.
    case tc

    /// The package of Debian that has it.
    var package: String { self == .nft ? "nftables" : "iproute2" }
  }

  let name: Name
  let path: String
  let timeout: Duration

  private static let searchPath = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
  private static let environment = ["PATH=\(searchPath.joined(separator: ":"))", "LC_ALL=C"]
  /// The listing of a namespace with all the destinations that it may have and remember is below a tenth of it.
  private static let outputBytes = 4_194_304
  private static let messageCharacters = 400

  /// Finds the program.
  init(_ name: Name, path: String?, timeout: Duration) throws(SandboxError) {
    let candidates = path.map { [$0] } ?? Self.searchPath.map { "\($0)/\(name.rawValue)" }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw .engineMissing(
        engine: name.rawValue,
        hint: """
          looked for \(candidates.map { "`\($0)`" }.joined(separator: ", ")): networks of sandboxes need it; install \
          `\(name.package)` with `scripts/setup`
          """)
    }
    self.name = name
    self.path = path
    self.timeout = timeout
  }

  /// Runs the program, in the namespace of the calling thread, and returns what it printed.
  @discardableResult
  func run(_ arguments: [String], input: String = "") throws(SandboxError) -> String {
    let operation = "`\(name.rawValue) \(arguments.joined(separator: " "))`"
    let status: ExitStatus?
    let printed: String
    do throws(SystemError) {
      let inputFile = try MemoryFile.make(Array(input.utf8))
      let outputFile = try MemoryFile.make([])
      let process = try start(arguments, input: inputFile, output: outputFile)
      status = try process.waitForExit(within: timeout)
      printed = String(decoding: try MemoryFile.contents(outputFile, atMost: Self.outputBytes), as: UTF8.self)
    } catch {
      throw .engineFailed(engine: name.rawValue, reason: "\(operation) could not be run: \(error)")
    }
    guard let status else { throw .timedOut(operation: "\(name.rawValue) for a network", after: timeout) }
    guard status == .exited(0) else {
      let said = printed.split(separator: "\n").joined(separator: "; ").prefix(Self.messageCharacters)
      throw .engineFailed(engine: name.rawValue, reason: "\(operation) ended with \(status.code): \(said)")
    }
    return printed
  }

  private func start(
    _ arguments: [String], input: Descriptor, output: Descriptor
  ) throws(SystemError) -> SpawnedProcess {
    try input.use { input throws(SystemError) in
      try output.use { output throws(SystemError) in
        try SpawnedProcess(
          path: path, arguments: [name.rawValue] + arguments, environment: Self.environment, input: input,
          output: output)
      }
    }
  }
}
