import Foundation
import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("The master key")
struct MasterKeyTests {
  private static let text = String(repeating: "0123456789abcdef", count: 4)

  @Test("is made in a file for its owner alone, and is the same the next time")
  func file() async throws {
    let directory = try TemporaryStoreDirectory()
    let path = directory.path + "/master.key"
    let key = try MasterKeySource.file(path).load()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
    #expect(mode?.intValue == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["master.key"])
    let store = try Store.open(StoreConfiguration(durability: .memory))
    let bus = try await DefaultCommunicationBus.open(store: store, masterKey: key)
    try await bus.registerAgent(AgentID(), capabilities: [])
    try await bus.shutdown()
    _ = try await DefaultCommunicationBus.open(store: store, masterKey: MasterKeySource.file(path).load())
  }

  @Test("that others can read is refused")
  func openPermissions() throws {
    let directory = try TemporaryStoreDirectory()
    let path = directory.path + "/master.key"
    try Self.text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let error = #expect(throws: SecurityError.self) { try MasterKeySource.file(path).load() }
    #expect(error == .permissionsTooOpen(path: path, mode: 0o640))
  }

  @Test("that is no key is refused without being repeated", arguments: ["secret", text + "00", "x" + text.dropFirst()])
  func invalid(text: String) throws {
    let directory = try TemporaryStoreDirectory()
    let path = directory.path + "/master.key"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let error = #expect(throws: SecurityError.self) { try MasterKeySource.file(path).load() }
    #expect(error?.message.contains(text) == false)
  }

  @Test("is taken out of the environment")
  func environment() throws {
    setenv("SYMBIONT_TEST_MASTER_KEY", Self.text, 1)
    _ = try MasterKeySource.environment("SYMBIONT_TEST_MASTER_KEY").load()
    #expect(getenv("SYMBIONT_TEST_MASTER_KEY") == nil)
    #expect(throws: SecurityError.self) { try MasterKeySource.environment("SYMBIONT_TEST_MASTER_KEY").load() }
  }

  @Test("is read from a descriptor, which is closed")
  func descriptor() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let text = Array((Self.text + "\n").utf8)
    #expect(write(ends[1], text, text.count) == text.count)
    close(ends[1])
    _ = try MasterKeySource.fileDescriptor(ends[0]).load()
  }

  @Test("of another runtime opens nothing")
  func another() async throws {
    let harness = try await BusHarness()
    _ = try await harness.agent()
    try await harness.bus.shutdown()
    let opened = await code { () async throws(CommunicationError) in
      try await DefaultCommunicationBus.open(store: harness.store, masterKey: .random())
    }
    #expect(opened == "COMMUNICATION_KEY_UNUSABLE")
  }

  @Test("of another runtime leaves nothing behind that the right one cannot open, also where topics had no secret yet")
  func anotherAtUpgrade() async throws {
    let harness = try await BusHarness()
    let (sender, receiver) = (try await harness.agent(), try await harness.agent())
    _ = try await harness.bus.sendMessage(message(from: sender, to: receiver, "kept"))
    try await harness.bus.shutdown()
    try await harness.store.write { transaction in _ = try transaction.execute("DELETE FROM bus_secrets") }
    let opened = await code { () async throws(CommunicationError) in
      try await DefaultCommunicationBus.open(store: harness.store, masterKey: .random())
    }
    #expect(opened == "COMMUNICATION_KEY_UNUSABLE")
    let bus = try await harness.reopen()
    #expect(texts(try await bus.receiveMessages(receiver)) == ["kept"])
  }

  @Test("may be another as long as no agent has keys")
  func unused() async throws {
    let harness = try await BusHarness()
    try await harness.bus.shutdown()
    _ = try await DefaultCommunicationBus.open(store: harness.store, masterKey: .random())
  }

  @Test("keeps private keys out of the store")
  func wrapped() async throws {
    let harness = try await BusHarness()
    let agent = try await harness.agent()
    let rows = try await harness.store.read { try $0.identities() }
    let row = try #require(rows.first { $0.agentID == agent })
    #expect(row.wrapped.count == 12 + 64 + 16)
    var forged = row
    forged.signingKey[0] ^= 1
    try await harness.store.write { [forged] transaction in
      _ = try transaction.execute(
        "UPDATE bus_identities SET signing_key = ? WHERE agent_id = ?", .blob(forged.signingKey), .id(agent))
    }
    let reopened = await code { () async throws(CommunicationError) in
      try await DefaultCommunicationBus.open(store: harness.store, masterKey: harness.masterKey)
    }
    #expect(reopened == "COMMUNICATION_KEY_UNUSABLE")
  }
}
