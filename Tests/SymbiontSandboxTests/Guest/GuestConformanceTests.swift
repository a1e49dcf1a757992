import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("A guest without a sandbox around it")
struct GuestConformanceTests {
  @Test(
    "does what every sandbox must do",
    arguments: SandboxConformance.semantics.map(\.name))
  func conforms(name: String) async throws {
    let check = try #require(SandboxConformance.semantics.first { $0.name == name })
    try await GuestFixture.with { guest in
      let subject = SandboxConformance(
        connection: guest.connection, sandbox: guest.sandbox, workspace: guest.workspace)
      try await subject.run([check])
    }
  }
}
