import SymbiontSystem
import SystemPackage

extension Descriptor {
  /// The descriptor for the library that starts processes.
  ///
  /// The caller keeps this object alive meanwhile.
  var forChild: FileDescriptor { use { FileDescriptor(rawValue: $0) } }
}
