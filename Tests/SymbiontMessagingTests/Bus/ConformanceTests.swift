import SymbiontCore
import SymbiontMessaging
import SymbiontTesting
import Testing

@Suite("The default bus")
struct ConformanceTests {
  @Test(
    "does what every bus does",
    arguments: [
      CommunicationConfig(), CommunicationConfig(cipher: .chaCha20Poly1305, isCompressionEnabled: true),
      CommunicationConfig(isEncryptionEnabled: false),
    ])
  func conformance(configuration: CommunicationConfig) async throws {
    let bus = try await BusHarness(configuration).bus
    try await CommunicationBusConformance(bus) { id, agent in try await bus.acknowledge([id], by: agent) }.run()
  }
}
