import Glibc
import SymbiontSystem

/// A pipe from a command to the runtime.
///
/// Neither end is inherited by other programs that are started meanwhile.
struct CommandPipe: Sendable {
  /// The runtime's end; it never blocks.
  let readingEnd: Descriptor
  /// The command's end.
  let writingEnd: Descriptor

  /// Makes a pipe whose writing end belongs to the given user, so that the command can open `/dev/stdout` by name.
  init(owner: WorkspaceOwner) throws(SystemError) {
    let pipe = try Pipe()
    readingEnd = pipe.readingEnd
    writingEnd = pipe.writingEnd
    guard readingEnd.use({ fcntl($0, F_SETFL, O_NONBLOCK) }) == 0 else { throw .last }
    guard writingEnd.use({ fchown($0, owner.userID, owner.groupID) }) == 0 else { throw .last }
  }
}
