import Foundation
import SymbiontCore

extension SandboxAttack {
  /// Attacks through the files that go in and out.
  static let files: [SandboxAttack] = [
    SandboxAttack("uploads and downloads do not follow `..`, absolute paths, pipes or links that lead out") { sandbox in
      let local = FileManager.default.temporaryDirectory.appendingPathComponent("symbiont-\(UUID().uuidString)").path
      try Data("mine".utf8).write(to: URL(fileURLWithPath: local))
      defer { try? FileManager.default.removeItem(atPath: local) }
      _ = try await sandbox.script(
        "cd /workspace; ln -s / out; ln -s /etc/passwd file; ln -s ../tmp up; mkfifo pipe; ln -s loop loop")
      for path in ["../escape", "/etc/escape", "out/tmp/escape", "up/escape", "a/../../escape", "loop/x", ""] {
        try await refused("an upload to `\(path)`") { try await sandbox.upload(local, to: path) }
      }
      for path in ["../etc/passwd", "/etc/passwd", "out/etc/passwd", "file", "pipe", "loop", "/proc/1/environ", ""] {
        try await refused("a download of `\(path)`") { try await sandbox.download(path, to: "\(local).copy") }
      }
      _ = try await sandbox.script("cd /workspace; rm -f out file up pipe loop")
      try await sandbox.requireAnswer()
    },
    SandboxAttack("a directory that is swapped for a link while files go in never lets one out") { sandbox in
      let local = FileManager.default.temporaryDirectory.appendingPathComponent("symbiont-\(UUID().uuidString)").path
      try Data("mine".utf8).write(to: URL(fileURLWithPath: local))
      defer { try? FileManager.default.removeItem(atPath: local) }
      let swapping = Task {
        try await sandbox.run(
          [
            "sh", "-c",
            "cd /workspace; while [ ! -e stop ]; do mkdir d; rm -rf d; ln -s /tmp d; rm -f d; done 2>/dev/null",
          ], input: [], timeout: .seconds(60))
      }
      let attempts = 100
      for _ in 0..<attempts { try? await sandbox.upload(local, to: "d/escaped") }
      try await sandbox.upload(local, to: "stop")
      _ = try await swapping.value
      let found = try await sandbox.script("ls /tmp/escaped; rm -rf /workspace/d /workspace/stop")
      try require(!found.text.contains("escaped"), found)
    },
  ]

  private static func refused(_ operation: String, _ body: () async throws -> Void) async throws {
    do { try await body() } catch is SandboxError { return }
    throw SandboxAttackSucceeded("\(operation) was not refused")
  }
}
