import SymbiontSystem

/// The three streams of a command: the ends that it gets, and the ends that the runtime keeps.
struct CommandStreams: Sendable {
  /// What the command reads.
  let input: Descriptor
  /// What it prints.
  let output: CommandPipe
  /// What it prints as errors.
  let error: CommandPipe

  /// Makes the streams of a command that runs as the given user.
  init(input: [UInt8], owner: WorkspaceOwner) throws(SystemError) {
    self.input = try StandardInputFile.make(input)
    output = try CommandPipe(owner: owner)
    error = try CommandPipe(owner: owner)
  }
}
