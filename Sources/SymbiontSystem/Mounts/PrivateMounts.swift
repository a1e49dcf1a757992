import Glibc

/// The mounts that only the calling thread, and what it starts, sees.
///
/// They end with the last process that has them: nobody has to take them away, whatever becomes of this process. The calling
/// thread must be one of its own (see ``PrivateThread``).
package struct PrivateMounts {
  /// `CLONE_NEWNS`, and the `MS_` flags of `mount(2)`.
  private static let newMountNamespace = 0x2_0000
  private static let bindFlag: UInt = 0x1000
  private static let recursiveFlag: UInt = 0x4000
  private static let slaveFlag: UInt = 0x8_0000
  private static let doNotFollow: Int32 = 0x8
  private static let detach: Int32 = 0x2

  /// Gives the calling thread a copy of the machine's mounts.
  ///
  /// What is mounted on the machine later, below a mount that is shared, appears in the copy too; never the other way round.
  package init() throws(SystemError) {
    try SystemCall.invoke(.leaveNamespace, Self.newMountNamespace)
    guard mount(nil, "/", nil, Self.slaveFlag | Self.recursiveFlag, nil) == 0 else { throw .last }
  }

  /// Shows a file or a directory, with all that is mounted in it, at another place too.
  package func bind(_ source: String, at target: String) throws(SystemError) {
    guard mount(source, target, nil, Self.bindFlag | Self.recursiveFlag, nil) == 0 else { throw .last }
  }

  /// Lays directories over each other, the first on top; writes go to the upper one, and nowhere without one.
  package func overlay(
    lower: [String], upper: (directory: String, work: String)?, at target: String
  ) throws(SystemError) {
    var options = "lowerdir=\(lower.map(Self.escaped).joined(separator: ":"))"
    if let upper {
      options += ",upperdir=\(Self.escaped(upper.directory)),workdir=\(Self.escaped(upper.work))"
    }
    guard mount("overlay", target, "overlay", 0, options) == 0 else { throw .last }
  }

  /// Takes away what is mounted at a place.
  package func remove(_ target: String) throws(SystemError) {
    guard umount2(target, Self.detach | Self.doNotFollow) == 0 else { throw .last }
  }

  /// The kernel takes colons and commas in paths for the ends of paths and options.
  private static func escaped(_ path: String) -> String {
    path.replacing("\\", with: "\\\\").replacing(":", with: "\\:").replacing(",", with: "\\,")
  }
}
