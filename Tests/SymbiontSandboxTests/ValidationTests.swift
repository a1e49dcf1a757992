import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("Checking commands and configurations")
struct ValidationTests {
  private func refuses(_ change: (inout SandboxCommand) -> Void) -> Bool {
    var command = SandboxCommand(arguments: ["true"], workspace: "/workspace")
    change(&command)
    return (try? command.validate()) == nil
  }

  @Test("a command with its defaults is valid")
  func defaults() {
    #expect(!refuses { _ in })
  }

  @Test("a command without a program, or with bytes that no program can get, is refused")
  func arguments() {
    #expect(refuses { $0.arguments = [] })
    #expect(refuses { $0.arguments = [""] })
    #expect(refuses { $0.arguments = ["a\0b"] })
    #expect(refuses { $0.arguments = ["echo", "a\0b"] })
    #expect(refuses { $0.arguments = ["echo", String(repeating: "a", count: 131_072)] })
    #expect(!refuses { $0.arguments = ["echo", String(repeating: "a", count: 131_071)] })
    #expect(refuses { $0.arguments = [String](repeating: String(repeating: "a", count: 100_000), count: 11) })
  }

  @Test("names and values of variables that would be read as others are refused")
  func environment() {
    for name in ["", "A=B", "A\0"] { #expect(refuses { $0.environment = [name: "x"] }) }
    #expect(refuses { $0.environment = ["A": "x\0y"] })
    #expect(refuses { $0.environment = ["A": String(repeating: "a", count: 131_071)] })
    #expect(!refuses { $0.environment = ["A": "x=y\nz"] })
  }

  @Test("every number has its bounds")
  func numbers() {
    #expect(refuses { $0.timeout = .zero })
    #expect(refuses { $0.timeout = .seconds(86_401) })
    #expect(refuses { $0.outputLimitBytes = 0 })
    #expect(refuses { $0.outputLimitBytes = .max })
    #expect(refuses { $0.processLimit = 1 })
    #expect(refuses { $0.limits.memoryMegabytes = 0 })
    #expect(refuses { $0.limits.cpuCores = .nan })
    #expect(refuses { $0.standardInput = [UInt8](repeating: 0, count: 67_108_865) })
    #expect(refuses { $0.workspace = "relative" })
  }

  @Test("an instance, path or id of a configuration that could touch something else is refused")
  func configuration() {
    func refuses(_ change: (inout RuncConfiguration) -> Void) -> Bool {
      var configuration = RuncConfiguration(instance: "a-1")
      change(&configuration)
      return (try? configuration.validate()) == nil
    }
    #expect(!refuses { _ in })
    for instance in ["", "A", "a/b", "..", "a b", String(repeating: "a", count: 41)] {
      #expect(refuses { $0.instance = instance })
    }
    #expect(refuses { $0.stateDirectory = "relative" })
    #expect(refuses { $0.systemDirectories = ["/"] })
    #expect(refuses { $0.firstUserID = 0 })
    #expect(refuses { $0.firstUserID = .max })
    #expect(refuses { $0.temporaryMegabytes = 0 })
    #expect(refuses { $0.fileMegabytes = -1 })
  }
}
