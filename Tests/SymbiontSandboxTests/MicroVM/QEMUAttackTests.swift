import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("Attacks from inside of a virtual machine", .serialized, .needsMachines, .timeLimit(.minutes(30)))
struct QEMUAttackTests {
  @Test("every attack is withstood", arguments: SandboxAttack.all)
  func attacks(attack: SandboxAttack) async throws {
    try await MachineFixture.run { fixture in
      let limits = SandboxAttack.Limits()
      let launch = try await fixture.launch(
        memory: limits.memoryMegabytes, processes: limits.processes, cores: limits.cpuCores,
        workspace: limits.workspaceMegabytes)
      let machine = try await fixture.start(launch)
      let subject = ContainerUnderTest(
        launched: machine.sandbox, connection: machine.guest, launch: launch, endsWhenMemoryIsOut: false)
      do {
        try await subject.arm()
        try await attack.attempt(subject)
      } catch {
        try? await machine.sandbox.destroy()
        throw error
      }
      try await machine.sandbox.destroy()
    }
  }
}
