import SymbiontRuntime
import SymbiontSandbox

/// The mark of a data directory, which everything carries that is made for it on the machine.
enum DataInstance {
  /// The mark is the runtime's, so that sandboxes of agents and of the command line are found by the same name.
  static func name(of directory: String) -> String { RuntimeConfiguration.instance(of: directory) }
}
