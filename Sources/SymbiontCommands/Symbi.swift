import ArgumentParser

/// The root of all commands.
struct Symbi: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "symbi",
    abstract: "Runs untrusted agents as durable functions.",
    discussion: """
      An agent is a program in the `.symbi` language. Everything it does outside is checked by its policy, confined to a
      sandbox and written to a journal first, so that it goes on after a crash where it was.

      Exit status: 0 success, 1 failure of what was run, 2 wrong use or a program with errors, 130 interrupted.
      """,
    version: SymbiontVersion.current,
    subcommands: [
      RunCommand.self, CheckCommand.self, FormatCommand.self, ExecutionsCommand.self, SandboxCommandGroup.self,
      ImageCommand.self,
      DoctorCommand.self,
      CompletionsCommand.self,
    ])
}
