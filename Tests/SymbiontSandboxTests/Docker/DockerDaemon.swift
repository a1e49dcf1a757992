import Foundation
import Glibc
import Subprocess
import SymbiontSystem
import Synchronization
import SystemPackage
import Testing

@testable import SymbiontSandbox

/// A Docker Engine of the tests' own: everything that it keeps is in a directory of its own, it has no bridge and changes
/// no rules of the machine's network, and it ends with the tests.
struct DockerDaemon: Sendable {
  /// The daemon of the suite that runs.
  @TaskLocal static var current: DockerDaemon?

  let socketPath: String
  private let directory: String
  private let guardian: Task<Void, any Error>
  private let lifeline: Lifeline

  private static let startSeconds = 180
  /// The guardian waits for the end of its input, which comes even if the tests are killed, and then ends the daemon and
  /// what the daemon started.
  private static let script = """
    trap '' HUP INT QUIT TERM
    log="$1"; shift
    "$@" >"$log" 2>&1 </dev/null &
    daemon=$!
    read -r end
    kill -TERM "$daemon"
    wait "$daemon"
    """

  static let programs = ["dockerd", "containerd"].compactMap { name in
    RequiredEngine.directories.map { directory -> String in "\(directory)/\(name)" }.first { access($0, X_OK) == 0 }
  }
  static let gVisor = RequiredEngine.directories.map { directory -> String in "\(directory)/runsc" }.first {
    access($0, X_OK) == 0
  }

  /// Whether one can be started; in CI it must.
  static var isHere: Bool {
    (programs.count == 2 && geteuid() == 0) || ProcessInfo.processInfo.environment["CI"] != nil
  }

  /// Starts a daemon and returns once it answers.
  static func start() async throws -> DockerDaemon {
    let name = "symbiont-docker-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let directory = "/tmp/\(name)"
    try #require(mkdir(directory, 0o711) == 0)
    let runtimes = gVisor.map { path -> [String: Runtime] in
      ["runsc": Runtime(path: path, runtimeArgs: ["--platform=ptrace", "--network=none"])]
    }
    let configuration = try JSONEncoder().encode(["runtimes": runtimes ?? [:]])
    try configuration.write(to: URL(fileURLWithPath: "\(directory)/daemon.json"))
    let notification = try NotificationSocket("\(directory)/notify.sock")
    let socketPath = "\(directory)/docker.sock"
    let arguments =
      ["-c", script, "guardian", "\(directory)/log", "dockerd", "--config-file", "\(directory)/daemon.json"] + [
        "--host", "unix://\(socketPath)", "--data-root", "\(directory)/data", "--exec-root", "\(directory)/exec",
        "--pidfile", "\(directory)/pid", "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
        "--ip-masq=false", "--userland-proxy=false",
      ]
    let environment: [Environment.Key: String] = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "NOTIFY_SOCKET": notification.path, "HOME": directory,
    ]
    // A pipe that no program inherits by accident: its writing end must be the tests' alone.
    let pipe = try SymbiontSystem.Pipe()
    let lifeline = Lifeline(pipe.writingEnd)
    let guardian = Task { [end = pipe.readingEnd] in
      _ = try await Subprocess.run(
        .path("/bin/sh"), arguments: Arguments(arguments), environment: .custom(environment),
        input: .fileDescriptor(end.forChild, closeAfterSpawningProcess: false), output: .discarded, error: .discarded)
    }
    let daemon = DockerDaemon(socketPath: socketPath, directory: directory, guardian: guardian, lifeline: lifeline)
    let isReady = await notification.waitUntilReady(seconds: startSeconds)
    if !isReady {
      let log = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
      await daemon.stop()
      Issue.record("the Docker Engine did not start: \(log.suffix(4_000))")
    }
    try #require(isReady)
    return daemon
  }

  /// Ends the daemon and removes all that it kept.
  func stop() async {
    lifeline.cut()
    _ = await guardian.result
    for mount in MountTable.current().entries.reversed() where mount.path.hasPrefix("\(directory)/") {
      umount2(mount.path, Int32(MNT_DETACH))
    }
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// The writing end of the guardian's input.
  private final class Lifeline: Sendable {
    private let end: Mutex<Descriptor?>

    init(_ end: Descriptor) {
      self.end = Mutex(end)
    }

    func cut() {
      end.withLock { $0 = nil }
    }
  }

  private struct Runtime: Encodable {
    var path: String
    var runtimeArgs: [String]
  }
}

/// The socket on which a service says that it is ready, see `sd_notify(3)`.
private struct NotificationSocket: Sendable {
  let path: String
  private let descriptor: Descriptor

  init(_ path: String) throws {
    self.path = path
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(number >= 0)
    descriptor = Descriptor(owning: number)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound)
  }

  /// Waits for the word; false when none came in time.
  func waitUntilReady(seconds: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        descriptor.use { number in
          var timeout = timeval(tv_sec: seconds, tv_usec: 0)
          setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
          var buffer = [UInt8](repeating: 0, count: 4_096)
          while true {
            let count = recv(number, &buffer, buffer.count, 0)
            guard count > 0 else { return continuation.resume(returning: false) }
            let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
            if lines.contains("READY=1") { return continuation.resume(returning: true) }
          }
        }
      }
    }
  }
}

/// Starts a daemon before a suite's first test, and ends it after the last.
struct DockerDaemonTrait: SuiteTrait, TestScoping {
  @concurrent func provideScope(
    for test: Test, testCase: Test.Case?, performing body: @concurrent @Sendable () async throws -> Void
  ) async throws {
    let daemon = try await DockerDaemon.start()
    do {
      try await DockerDaemon.$current.withValue(daemon, operation: body)
    } catch {
      await daemon.stop()
      throw error
    }
    await daemon.stop()
  }
}

extension Trait where Self == DockerDaemonTrait {
  /// The suite has a Docker Engine of its own.
  static var dockerDaemon: Self { DockerDaemonTrait() }
}

extension Trait where Self == ConditionTrait {
  /// The suite starts a Docker Engine.
  static var needsDocker: Self {
    .enabled(
      if: DockerDaemon.isHere, "dockerd is not installed (run `scripts/setup`), or the tests do not run as root")
  }

  /// The tests need gVisor.
  static var needsGVisor: Self {
    .enabled(
      if: DockerDaemon.gVisor != nil || ProcessInfo.processInfo.environment["CI"] != nil,
      "runsc is not installed (run `scripts/setup`)")
  }
}
