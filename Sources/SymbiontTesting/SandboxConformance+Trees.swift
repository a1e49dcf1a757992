import SymbiontCore
import SymbiontSandbox

extension SandboxConformance {
  /// A script that leaves a daemon, which ignores signals and has lost its parents, and prints the daemon's process id.
  private static let daemon = """
    ( (trap '' HUP INT TERM; setsid sh -c 'trap "" HUP INT TERM; echo $$ > daemon.pid; while :; do sleep 0.1; done' \
    </dev/null >/dev/null 2>&1 &) &)
    while ! test -s daemon.pid; do sleep 0.05; done; id=$(cat daemon.pid); rm daemon.pid; echo $id
    """

  /// What happens to the processes that a command starts.
  package static let trees: [Check] = [
    Check("a daemon dies with the command that left it") { subject in
      let processID = try await subject.text(daemon)
      try await subject.requireGone(processID)
    },
    Check("a daemon dies when the command times out") { subject in
      let (process, processID) = try await subject.start("\(daemon); sleep 600", timeout: .seconds(5))
      try require(try await process.ending().timedOut, "it did not time out")
      try await subject.requireGone(processID)
    },
    Check("a daemon dies when the command is killed") { subject in
      let (process, processID) = try await subject.start("\(daemon); sleep 600")
      await process.kill()
      try require(try await process.ending().wasKilled, "it was not killed")
      try await subject.requireGone(processID)
    },
    Check("a command may leave something in the background, if it was asked for") { subject in
      let (process, processID) = try await subject.start(daemon, keepsBackground: true)
      try require(try await process.ending().exitCode, is: 0, "the exit code")
      let state = try await subject.text("grep '^State:' /proc/\(processID)/status 2>/dev/null || echo gone")
      try require(state != "gone", "it is gone")
      // Its parents are not below this command, so a kill by number is how a user would end it.
      _ = try await subject.text("kill -9 \(processID)")
    },
    Check("a command that is stopped can be killed") { subject in
      let (process, processID) = try await subject.start("echo $$; kill -STOP $$; sleep 600")
      await process.kill()
      try require(try await process.ending().wasKilled, "it was not killed")
      try await subject.requireGone(processID)
    },
    Check("what a command used is measured") { subject in
      let process = try await subject.connection.execute(
        ExecutionRequest(
          arguments: ["sh", "-c", "i=0; while test $i -lt 200000; do i=$((i+1)); done"], timeout: timeout))
      let ending = try await process.ending()
      try require(ending.elapsed > .zero && ending.userTime > .zero, "it used no time: \(ending)")
      try require(ending.peakMemoryBytes > 0, "it used no memory")
    },
    Check("the sandbox measures itself") { subject in
      let metrics = try await subject.connection.metrics()
      try require((metrics.memoryTotal ?? 0) > 0, "the memory is \(String(describing: metrics.memoryTotal))")
      try require((metrics.diskTotal ?? 0) > 0, "the disk is \(String(describing: metrics.diskTotal))")
      try require((metrics.processes ?? 0) > 0, "the processes are \(String(describing: metrics.processes))")
    },
  ]
}
