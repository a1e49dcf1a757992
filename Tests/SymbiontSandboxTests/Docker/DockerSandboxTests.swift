import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

extension DockerSuites {
  /// What is the same for every engine.
  @Suite("as every other sandbox", .timeLimit(.minutes(20)))
  struct SandboxTests {
    @Test("does what every sandbox must do")
    func conformance() async throws { try await Self.conform(usesGVisor: false) }

    @Test("does what every sandbox must do, with gVisor", .needsGVisor)
    func conformanceOfGVisor() async throws { try await Self.conform(usesGVisor: true) }

    @Test("withstands every attack", arguments: SandboxAttack.all)
    func attacks(attack: SandboxAttack) async throws { try await Self.attempt(attack, usesGVisor: false) }

    @Test("withstands every attack, with gVisor", .needsGVisor, arguments: SandboxAttack.all)
    func attacksOnGVisor(attack: SandboxAttack) async throws { try await Self.attempt(attack, usesGVisor: true) }

    private static func conform(usesGVisor: Bool) async throws {
      try await with(usesGVisor: usesGVisor) {
        $0.limits.resources.memoryMegabytes = 256
      } _: { subject in
        try await SandboxConformance(connection: subject.connection, sandbox: subject.launched).run(
          SandboxConformance.all + SandboxConformance.withoutNetwork
            + (usesGVisor ? [] : SandboxConformance.outliving))
      }
    }

    private static func attempt(_ attack: SandboxAttack, usesGVisor: Bool) async throws {
      let limits = SandboxAttack.Limits()
      try await with(usesGVisor: usesGVisor) { launch in
        launch.limits.resources.memoryMegabytes = limits.memoryMegabytes
        launch.limits.resources.cpuCores = limits.cpuCores
        launch.limits.processes = limits.processes
        launch.limits.workspaceMegabytes = limits.workspaceMegabytes
      } _: { subject in
        try await subject.arm()
        try await attack.attempt(subject)
      }
    }

    /// Starts a sandbox with the real guest, and destroys it after the body.
    private static func with(
      usesGVisor: Bool, _ adapt: (inout SandboxLaunch) -> Void, _ body: (ContainerUnderTest) async throws -> Void
    ) async throws {
      try await DockerFixture.run(guest: nil, usesGVisor: usesGVisor) { fixture in
        var launch = fixture.launch()
        adapt(&launch)
        try await fixture.withSandbox(launch) { sandbox in
          try await body(
            try await ContainerUnderTest.greet(sandbox, launch, on: usesGVisor ? .dockerRunsc : .docker))
        }
      }
    }
  }
}
