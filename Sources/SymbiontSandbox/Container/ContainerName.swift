import SymbiontCore

/// The name of a container: the mark of the instance and the id of the sandbox.
struct ContainerName: Sendable, Hashable, CustomStringConvertible {
  let instance: String
  let sandboxID: SandboxID

  var description: String { "\(instance)-\(sandboxID)" }

  init(instance: String, sandboxID: SandboxID) {
    self.instance = instance
    self.sandboxID = sandboxID
  }

  /// Reads a name of the given instance; nil for every other text.
  init?(_ text: String, instance: String) {
    let prefix = "\(instance)-"
    guard text.hasPrefix(prefix), let sandboxID = SandboxID(String(text.dropFirst(prefix.count))) else { return nil }
    self.init(instance: instance, sandboxID: sandboxID)
  }
}
