import SymbiontCore

/// The files of one sandbox: an ext4 file system in a file, no larger than its workspace may be.
struct SandboxVolume: Sendable, Hashable {
  /// Whose numbers the owners of its files are.
  enum Ownership: String, Sendable, Hashable {
    /// Those that the machine gives to sandboxes.
    case machine
    /// Those inside of a virtual machine.
    case virtualMachine = "vm"
    /// Those that the machine gives to sandboxes; the files outlive every one of them.
    case agent
  }

  /// The sandbox.
  var sandboxID: SandboxID
  /// The file.
  var path: String
  /// Whose numbers the owners of its files are.
  var ownership: Ownership
}
