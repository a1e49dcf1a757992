import Foundation
import SymbiontCore
import SymbiontMessaging
import SymbiontStore
import SymbiontTesting
import Testing

@Suite("A process that is killed under load", .timeLimit(.minutes(30)))
struct KillTests {
  /// `make kill-bus` asks for a hundred.
  static let rounds = ProcessInfo.processInfo.environment["SYMBIONT_KILL_ROUNDS"].flatMap { Int($0) } ?? 4

  @Test("loses no message that it acknowledged, and takes none twice")
  func accounting() async throws {
    var random = SeededRandom.forTest()
    let directory = try TemporaryStoreDirectory()
    var ledger = Ledger()
    for round in 0..<Self.rounds {
      let victim = try Victim(directory: directory.path)
      try await victim.run(
        killingAfter: Int.random(in: 1...1_500, using: &random), ledger: &ledger)
      if round.isMultiple(of: 10) || round == Self.rounds - 1 {
        try await check(ledger, directory: directory.path, comment: "\(random), round \(round)")
      }
    }
    #expect(ledger.twice.isEmpty, "\(random)")
    #expect(!ledger.sent.isEmpty && !ledger.took.isEmpty, "nothing was measured: the victim said nothing")
  }

  /// sent == received + dead-lettered + expired + still pending, by id, as the store says after the crash.
  private func check(_ ledger: Ledger, directory: String, comment: String) async throws {
    let store = try Store.open(StoreConfiguration(durability: .disk(directory: directory + "/data")))
    let (rows, effects) = try await store.read { transaction in
      (
        try transaction.storedMessages().values.map(\.row),
        Set(try transaction.all("SELECT key FROM memory_entries") { row in try row.text(0) })
      )
    }
    await store.close()
    let known = Set(rows.map(\.id.description))
    let delivered = Set(rows.filter { $0.status == .delivered }.map(\.id.description))
    let lost = ledger.sent.subtracting(known)
    #expect(lost.isEmpty, "\(comment): \(lost.count) acknowledged messages are gone")
    #expect(delivered == effects, "\(comment): taking a message and its effect did not commit together")
    #expect(ledger.took.isSubset(of: delivered), "\(comment): what was taken is not delivered")
    #expect(rows.allSatisfy { ($0.status == .pending || $0.status == .failed) == ($0.envelope != nil) }, "\(comment)")
  }

  struct Ledger {
    var sent: Set<String> = []
    var took: Set<String> = []
    var twice: Set<String> = []

    mutating func read(_ line: Substring) {
      let words = line.split(separator: " ")
      guard words.count == 2 else { return }
      let id = String(words[1])
      switch words[0] {
      case "sent": sent.insert(id)
      case "took": if !took.insert(id).inserted { twice.insert(id) }
      default: twice.insert(id)
      }
    }
  }
}

/// A process that sends and takes messages, with the pipe it speaks into.
private final class Victim {
  private let process = Process()
  private let output = Pipe()

  init(directory: String) throws {
    process.executableURL = Self.program
    process.arguments = [directory]
    process.standardOutput = output
    try process.run()
  }

  /// Reads lines until there are so many, kills the process, and reads what it had still said.
  func run(killingAfter lines: Int, ledger: inout KillTests.Ledger) async throws {
    let reader = output.fileHandleForReading
    var rest = ""
    var count = 0
    while true {
      let data = reader.availableData
      if data.isEmpty { break }
      // Lines are ASCII.
      rest += String(decoding: data, as: UTF8.self)
      while let end = rest.firstIndex(of: "\n") {
        ledger.read(rest[..<end])
        rest.removeSubrange(...end)
        count += 1
      }
      if count >= lines { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL)
  }

  /// Beside the program that runs the tests, or beside the bundle that Swift's own test runner was given.
  private static let program: URL = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = ([path] + ProcessInfo.processInfo.arguments).map {
      URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("messaging-victim")
    }
    return candidates.first { access($0.path, X_OK) == 0 } ?? URL(fileURLWithPath: "messaging-victim")
  }()
}
