import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("What every sandbox must do alike, in virtual machines", .serialized, .needsMachines, .timeLimit(.minutes(60)))
struct QEMUConformanceTests {
  @Test("a virtual machine behaves as every other sandbox")
  func conformance() async throws {
    try await MachineFixture.run { fixture in
      let machine = try await fixture.start(try await fixture.launch(memory: 160, processes: 128))
      do {
        try await SandboxConformance(connection: machine.guest, sandbox: machine.sandbox).run(
          SandboxConformance.all + SandboxConformance.outliving)
      } catch {
        try? await machine.sandbox.destroy()
        throw error
      }
      try await machine.sandbox.destroy()
    }
  }
}
