import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// Files of the workspace.
  package static let files: [Check] = [
    Check("a file comes back byte for byte, with its permissions") { subject in
      var random = SeededRandom.forTest()
      for size in [0, 1, 65_535, 65_536, 65_537, 500_001] {
        let bytes = randomBytes(size, using: &random)
        for permissions: UInt32 in [0o600, 0o644, 0o755] {
          try await subject.connection.upload(bytes, to: "deep/er/file", permissions: permissions)
          let back = try await subject.connection.download("deep/er/file", maximumBytes: size)
          try require(back == bytes, "\(back.count) other bytes than \(size) came back (\(random))")
          let entry = try await subject.connection.list("deep/er").first
          try require(entry?.permissions, is: permissions, "the permissions")
        }
      }
      try await subject.connection.remove("deep", isRecursive: true)
    },
    Check("a command and the host see the same files") { subject in
      try await subject.connection.upload(Array("from the host".utf8), to: "up")
      try require(try await subject.text("cat up; rm up; printf '%s' inside > down"), is: "from the host", "the file")
      let down = try await subject.connection.download("down", maximumBytes: 100)
      try require(down, is: Array("inside".utf8), "the file")
      try await subject.connection.remove("down")
    },
    Check("a path that leads out of the workspace is refused") { subject in
      let paths = ["../escape", "a/../../escape", "/etc/passwd", "..", "sub/../../../etc/passwd"]
      for path in paths {
        try await subject.requireRefused(path) { $0.kind == .pathEscapesWorkspace }
      }
    },
    Check("a link that leads out of the workspace is refused") { subject in
      _ = try await subject.text(
        "mkdir inner; ln -s /etc out; ln -s ../.. inner/up; ln -s /etc/passwd file; ln -s out again")
      for path in ["out/passwd", "out/new", "inner/up/etc/passwd", "file", "again/passwd"] {
        try await subject.requireRefused(path) { $0.kind == .pathEscapesWorkspace }
      }
      try require(try await subject.text("rm -r inner out file again; ls -A | wc -l | tr -d ' '"), is: "0", "the rest")
    },
    Check("a link that stays inside is followed") { subject in
      _ = try await subject.text("mkdir real; ln -s real link; printf x > real/file")
      let bytes = try await subject.connection.download("link/file", maximumBytes: 10)
      try require(bytes, is: Array("x".utf8), "the file")
      _ = try await subject.text("rm -r real link")
    },
    Check("what is no file is refused") { subject in
      _ = try await subject.text("mkdir directory; mkfifo pipe")
      for path in ["directory", "pipe"] {
        try await subject.requireRefused(path) { $0.kind == .notAFile }
      }
      try await requireError("nothing", where: { $0.kind == .notFound }) { () throws(SandboxError) in
        _ = try await subject.connection.download("nothing", maximumBytes: 10)
      }
      _ = try await subject.text("rm -r directory pipe")
    },
    Check("links that change while they are followed never lead out") { subject in
      // In a directory of its own, because `ln` leaves a file of its own when it is killed.
      _ = try await subject.text("mkdir -p race/good; printf good > race/good/passwd")
      let (process, _) = try await subject.start(
        "cd race; echo ready; while :; do ln -sfn good swap; ln -sfn /etc swap; done")
      var wrong: String?
      for _ in 0..<100 where wrong == nil {
        do {
          let bytes = try await subject.connection.download("race/swap/passwd", maximumBytes: 1_000_000)
          if bytes != Array("good".utf8) { wrong = "the file had \(bytes.count) bytes" }
        } catch let error as SandboxError {
          let allowed: [SandboxError.Kind] = [
            .pathEscapesWorkspace, .notFound, .notAFile, .workspaceFailed, .pathInvalid,
          ]
          if !allowed.contains(error.kind) { wrong = "it was \(error)" }
        }
      }
      await process.kill()
      try require(wrong == nil, wrong ?? "")
      _ = try await subject.text("rm -rf race")
    },
    Check("an upload that is given up leaves nothing") { subject in
      var isFirst = true
      try await requireError("the upload", where: { $0.kind == .cancelled }) { () throws(SandboxError) in
        try await subject.connection.upload(to: "partial") { () throws(SandboxError) in
          guard isFirst else { throw SandboxError.cancelled(operation: "upload") }
          isFirst = false
          return [UInt8](repeating: 7, count: 200_000)
        }
      }
      // The order to give up and this request go the same way, one after the other.
      let names = try await subject.connection.list().map(\.name)
      try require(names, is: [], "the files")
    },
    Check("a file larger than was asked for is refused") { subject in
      try await subject.connection.upload([UInt8](repeating: 1, count: 1_000), to: "large")
      try await requireError("the download", where: { $0.kind == .fileTooLarge }) { () throws(SandboxError) in
        _ = try await subject.connection.download("large", maximumBytes: 999)
      }
      try await subject.connection.remove("large")
    },
    Check("a directory is listed and removed") { subject in
      for index in 0..<300 { try await subject.connection.upload([1], to: "many/\(index)") }
      try require(try await subject.connection.list("many").count, is: 300, "the number of entries")
      try await requireError("a short list", where: { $0.kind == .tooManyFiles }) { () throws(SandboxError) in
        _ = try await subject.connection.list("many", maximum: 299)
      }
      try await requireError("a full directory", where: { _ in true }) { () throws(SandboxError) in
        try await subject.connection.remove("many")
      }
      try await subject.connection.remove("many", isRecursive: true)
      try await requireError("nothing", where: { $0.kind == .notFound }) { () throws(SandboxError) in
        _ = try await subject.connection.list("many")
      }
    },
  ]

  /// Throws unless neither reading nor writing a path is possible, for the reason given.
  private func requireRefused(_ path: String, where accepts: (SandboxError) -> Bool) async throws {
    try await Self.requireError("reading `\(path)`", where: accepts) { () throws(SandboxError) in
      _ = try await connection.download(path, maximumBytes: 1_000_000)
    }
    try await Self.requireError("writing `\(path)`", where: accepts) { () throws(SandboxError) in
      try await connection.upload([1], to: path)
    }
  }
}
