import ArgumentParser

/// `symbi completions`: prints the completion script of a shell.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Prints a completion script.",
    discussion: "For example: `symbi completions bash > /etc/bash_completion.d/symbi`.")

  /// The shells with completions.
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  @Argument(help: "The shell.")
  var shell: Shell

  func run() throws {
    let script =
      switch shell {
      case .bash: Symbi.completionScript(for: .bash)
      case .zsh: Symbi.completionScript(for: .zsh)
      case .fish: Symbi.completionScript(for: .fish)
      }
    try StandardStream.printResult(script)
  }
}
