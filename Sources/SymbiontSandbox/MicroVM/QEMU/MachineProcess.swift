import Glibc
import SymbiontCore
import SymbiontSystem

/// A QEMU that was started, before it runs: it waits until it is in its control groups.
struct MachineProcess: Sendable {
  /// The process.
  let handle: ProcessHandle
  private let gate: Descriptor

  /// The first descriptor that is handed over; those before are the standard streams and the gate.
  static let firstDescriptor: Int32 = 4
  private static let gateNumber: Int32 = 3
  private static let shell = "/bin/sh"
  /// Waits for a line, which does not come when the runtime is gone, and becomes the program that is given.
  private static let script = "read -r go <&3 || exit 125; exec 3<&-; exec \"$@\""
  private static let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]

  /// Starts a program that gets the descriptors as numbers from ``firstDescriptor`` on.
  ///
  /// - Parameter output: Where its standard output and error go.
  init(_ arguments: [String], descriptors: [Descriptor], output: Descriptor) throws(SystemError) {
    let pipe = try Pipe()
    let number = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard number >= 0 else { throw .last }
    var inherited = [0: Descriptor(owning: number), 1: output, 2: output, Self.gateNumber: pipe.readingEnd]
    for (index, descriptor) in descriptors.enumerated() {
      inherited[Self.firstDescriptor + Int32(index)] = descriptor
    }
    handle = try ProcessStart(
      program: Self.shell, arguments: ["-c", Self.script, "machine"] + arguments, environment: Self.environment,
      descriptors: inherited
    ).start()
    gate = pipe.writingEnd
  }

  /// Lets it run.
  func release() throws(SystemError) {
    try gate.write([UInt8(ascii: "\n")])
  }
}
