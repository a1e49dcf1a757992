import Foundation

/// A compiler of another language, which says how many seconds of processor time it took for a text.
struct Peer {
  let name: String
  private let executable: String
  private let arguments: [String]

  /// CPython's `compile`, which parses a text and makes bytecode of it.
  static func python(_ file: URL) -> Peer {
    let script = """
      import sys, time
      text = open(sys.argv[1]).read()
      start = time.process_time()
      compile(text, "generated", "exec")
      print(time.process_time() - start)
      """
    return Peer(name: "cpython", executable: "/usr/bin/python3", arguments: ["-c", script, file.path])
  }

  /// Lua's `load`, which does the same in one pass.
  static func lua(_ file: URL) -> Peer {
    let script = """
      local text = io.open(arg[1]):read("a")
      local start = os.clock()
      assert(load(text))
      print(os.clock() - start)
      """
    return Peer(name: "lua5.4", executable: "/usr/bin/lua5.4", arguments: ["-", file.path], input: script)
  }

  private let input: String?

  private init(name: String, executable: String, arguments: [String], input: String? = nil) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.input = input
  }

  /// Whether the peer is installed.
  var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: executable) }

  /// The seconds of one run.
  func seconds() throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    let standardInput = Pipe()
    process.standardInput = standardInput
    try process.run()
    if let input { try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try standardInput.fileHandleForWriting.close()
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard let seconds = Double(printed.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw CocoaError(.featureUnsupported, userInfo: [NSLocalizedDescriptionKey: "`\(name)` printed `\(printed)`"])
    }
    return seconds
  }
}
