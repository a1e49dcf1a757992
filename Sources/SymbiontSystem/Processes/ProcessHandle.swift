import Dispatch
import Glibc

/// A running process, held by a process descriptor: the number of a process that ended may be given to another one, a
/// descriptor never is.
package struct ProcessHandle: Sendable {
  /// The process id.
  package let processID: Int32
  private let descriptor: Descriptor

  /// Takes hold of a process; throws `ESRCH` when there is none of this id.
  package init(processID: Int32) throws(SystemError) {
    self.processID = processID
    let number = try SystemCall.invoke(.openProcess, Int(processID))
    descriptor = Descriptor(owning: Int32(truncatingIfNeeded: number))
  }

  /// Kills the process.
  ///
  /// A process that already ended is no error.
  package func kill() {
    descriptor.use { number in
      _ = try? SystemCall.invoke(.signalProcess, Int(number), Int(SIGKILL))
    }
  }

  /// Whether it has ended, collected or not.
  package var hasEnded: Bool { waitForEnd(milliseconds: 0) }

  /// Waits on this thread, without a limit when it is given -1 milliseconds; whether the process has ended.
  @discardableResult
  package func waitForEnd(milliseconds: Int32) -> Bool {
    descriptor.use { number in
      var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      while true {
        let count = poll(&waiting, 1, milliseconds)
        guard count < 0, errno == EINTR else { return count > 0 }
      }
    }
  }

  /// Waits until the process ended.
  ///
  /// The status is nil when the process was not a child of this one, or something else in this process took the status.
  package func waitForExit() async -> ExitStatus? {
    await withCheckedContinuation { continuation in
      do throws(SystemError) {
        try DescriptorWatch.once(descriptor, for: .reading, on: .global()) {
          continuation.resume(returning: collectStatus())
        }
      } catch {
        // Without a descriptor for the watch a thread waits instead.
        DispatchQueue.global().async {
          waitForEnd(milliseconds: -1)
          continuation.resume(returning: collectStatus())
        }
      }
    }
  }

  private func collectStatus() -> ExitStatus? {
    var status: Int32 = 0
    while true {
      let collected = waitpid(processID, &status, WNOHANG)
      if collected == processID { return ExitStatus(waitStatus: status) }
      guard collected == -1, errno == EINTR else { return nil }
    }
  }
}
