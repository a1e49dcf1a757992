import Glibc
import SymbiontCore
import SymbiontSystem
import Testing

@testable import SymbiontSandbox

@Suite("The rate of a network", .needsNetworkTools)
struct NetworkRateTests {
  private static let bytes = 3 * ResourceLimits.bytesPerMegabyte

  private func time(_ body: () async throws -> Connection) async throws -> Duration {
    let start = ContinuousClock.now
    guard case .answered = try await body() else { throw SandboxError.shuttingDown }
    return ContinuousClock.now - start
  }

  @Test("both directions are slowed to it, and it can be changed and taken away while the sandbox runs")
  func both() async throws {
    try await NetworkWorld.run { world in
      let receiving = try await NetworkService.start(world, in: world.outsidePath, address: NetworkWorld.service)
      let sending = try await NetworkService.start(
        world, in: world.outsidePath, address: NetworkWorld.service, sending: Self.bytes)
      let id = SandboxID()
      let attachment = try await world.networks.attach(
        id, config: .only("\(NetworkWorld.service):\(receiving.port)", "\(NetworkWorld.service):\(sending.port)"),
        rate: 1)
      let path = attachment.namespacePath
      func upload() async throws -> Duration {
        try await time {
          try await world.connect(from: path, to: NetworkWorld.service, receiving.port, sending: Self.bytes)
        }
      }
      func download() async throws -> Duration {
        try await time { try await world.connect(from: path, to: NetworkWorld.service, sending.port) }
      }
      // Three megabytes at one a second, less the burst: a busy machine only makes it longer.
      #expect(try await upload() > .seconds(2))
      #expect(try await download() > .seconds(2))
      try await world.networks.update(id, rate: 2)
      let doubled = try await upload()
      #expect(doubled > .seconds(1))
      try await world.networks.update(id, rate: nil)
      try await world.networks.update(id, rate: nil)
      let (free, freeDownload) = (try await upload(), try await download())
      #expect(free < doubled && freeDownload < doubled, "\(free) and \(freeDownload) without, \(doubled) with a limit")
      try await world.networks.detach(id)
    }
  }

  @Test("a rate that is out of bounds is refused before anything is made", arguments: [0, -1, 1_000_001])
  func bounds(_ rate: Int) async throws {
    try await NetworkWorld.run { world in
      let error = await #expect(throws: SandboxError.self) {
        try await world.networks.attach(SandboxID(), config: NetworkConfig(mode: .full), rate: rate)
      }
      #expect(error?.kind == .configurationInvalid)
    }
  }
}
