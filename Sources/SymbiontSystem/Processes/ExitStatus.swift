/// How a process ended.
package enum ExitStatus: Hashable, Sendable {
  /// It exited with a code.
  case exited(Int32)
  /// A signal ended it.
  case signalled(Int32)

  /// Reads the status word of `waitpid(2)`: the low seven bits are the signal, the next byte is the code.
  package init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    self = signal == 0 ? .exited((waitStatus >> 8) & 0xff) : .signalled(signal)
  }

  /// The exit code as shells give it: 128 and the signal's number after a signal.
  package var code: Int32 {
    switch self {
    case .exited(let code): code
    case .signalled(let signal): 128 + signal
    }
  }

  /// The signal, if one ended it.
  package var signal: Int32? {
    switch self {
    case .exited: nil
    case .signalled(let signal): signal
    }
  }
}
