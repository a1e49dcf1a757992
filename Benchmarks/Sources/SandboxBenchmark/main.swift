import Foundation

// Sandboxes beside the command lines of their own engines, in turns: cold starts, commands in running sandboxes, warm
// claims, restored virtual machines, and what many short lives leave behind.
//
//     swift run -c release SandboxBenchmark [rounds [part…]]
//
// It must be run by root, with the engines that `scripts/setup` installs. The parts are those of `Parts`.

let arguments = CommandLine.arguments.dropFirst()
let rounds = arguments.first.flatMap { Int($0) } ?? 30
let stage = try Stage()
do {
  try await Parts(stage: stage, rounds: rounds, asked: Set(arguments.dropFirst())).run()
  stage.remove()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  stage.remove()
  exit(1)
}
