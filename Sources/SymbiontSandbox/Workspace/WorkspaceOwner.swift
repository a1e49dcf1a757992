import Glibc

/// The user and group of the machine that own an agent's files: the ones as which its commands run.
public struct WorkspaceOwner: Sendable, Hashable {
  /// The user id on the machine.
  public var userID: UInt32
  /// The group id on the machine.
  public var groupID: UInt32

  /// Makes an owner of its parts.
  public init(userID: UInt32, groupID: UInt32) {
    self.userID = userID
    self.groupID = groupID
  }
}
