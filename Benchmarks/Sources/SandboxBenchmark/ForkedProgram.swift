import Foundation
import Glibc

/// A program that is started by `posix_spawn(3)` with nothing of ours in between: what a peer costs at the least.
struct ForkedProgram {
  let processID: pid_t
  private let output: Int32

  /// Starts a program with an empty standard input and its output in a pipe; its errors go where ours go.
  init(_ arguments: [String], environment: [String] = ["PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"]) throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw BenchmarkFailure("there is no pipe: errno \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    let texts = [arguments, environment].map { list in list.map { strdup($0) } + [nil] }
    defer { for text in texts.joined() { free(text) } }
    var identifier: pid_t = 0
    let code = posix_spawn(&identifier, arguments[0], &actions, nil, texts[0], texts[1])
    guard code == 0 else {
      close(ends[0])
      throw BenchmarkFailure("`\(arguments[0])` could not be started: errno \(code)")
    }
    processID = identifier
    output = ends[0]
  }

  /// Waits for the first byte of its output.
  func firstByte() throws {
    var byte: UInt8 = 0
    guard read(output, &byte, 1) == 1 else { throw BenchmarkFailure("process `\(processID)` wrote nothing") }
  }

  /// Reads the rest of its output and waits for its end, which must be a success.
  func finish() throws {
    defer { close(output) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while read(output, &buffer, buffer.count) > 0 {}
    try collect()
  }

  private func collect() throws {
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 {
      guard errno == EINTR else { throw BenchmarkFailure("process `\(processID)` was collected by something else") }
    }
    guard status == 0 else { throw BenchmarkFailure("process `\(processID)` ended with the wait status \(status)") }
  }

  /// Waits for its successful end; its output is not read, which what it leaves behind may hold open.
  func detach() throws {
    close(output)
    try collect()
  }

  /// Runs a program to its successful end that waits for other processes to be gone whose parent this one has become:
  /// they are collected meanwhile.
  static func runCollectingOrphans(_ arguments: [String]) throws {
    let program = try ForkedProgram(arguments)
    close(program.output)
    var status: Int32 = 0
    while waitpid(program.processID, &status, WNOHANG) == 0 {
      for orphan in MachineCensus.endedChildren() where orphan != program.processID { waitpid(orphan, nil, WNOHANG) }
      usleep(2_000)
    }
    guard status == 0 else {
      throw BenchmarkFailure("process `\(program.processID)` ended with the wait status \(status)")
    }
  }

  /// Runs a program to its successful end.
  static func run(_ arguments: [String]) throws {
    let program = try ForkedProgram(arguments)
    try program.finish()
  }
}
