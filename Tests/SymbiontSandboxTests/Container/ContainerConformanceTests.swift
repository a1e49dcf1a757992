import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("What every sandbox must do alike, in containers", .serialized, .timeLimit(.minutes(20)))
struct ContainerConformanceTests {
  @Test("a container behaves as every other sandbox", arguments: ContainerFixture.engines)
  func conformance(engine: SandboxEngine) async throws {
    try await ContainerFixture.run(engine) { fixture in
      // gVisor's own memory for a crowd of processes counts too.
      try await fixture.sandbox {
        $0.limits.resources.memoryMegabytes = 1_024
      } _: { sandbox in
        try await SandboxConformance(connection: sandbox.connection, sandbox: sandbox.launched).run(
          SandboxConformance.all + SandboxConformance.withoutNetwork
            + (engine == .runsc ? [] : SandboxConformance.outliving))
      }
    }
  }
}
