import Foundation
import Glibc
import SymbiontCore
import SymbiontSystem
import SymbiontTesting
import Testing

@testable import SymbiontSandbox

@Suite("The control connection to QEMU")
struct QMPTests {
  @Test("messages are told apart")
  func messages() {
    func read(_ text: String) -> QMPMessage? { QMPMessage(line: Array(text.utf8)) }
    #expect(
      read(#"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}"#)
        == .greeting(version: "7.2.22"))
    #expect(read(#"{"return": {}, "id": 3}"#) == .success(id: 3))
    #expect(read(#"{"return": [1, 2], "id": 4}"#) == .success(id: 4))
    #expect(
      read(#"{"return": [{"device": "a", "inserted": {"bps": 7, "ro": true}}, {"device": "b"}], "id": 6}"#)
        == .disks(
          id: 6, [QMPDisk(name: "a", medium: QMPDisk.Medium(bytesPerSecond: 7)), QMPDisk(name: "b", medium: nil)]))
    #expect(
      read(#"{"error": {"class": "GenericError", "desc": "no"}, "id": 5}"#) == .failure(id: 5, reason: "no"))
    #expect(read(#"{"error": {"class": "GenericError", "desc": "no"}}"#) == .failure(id: nil, reason: "no"))
    #expect(
      read(#"{"event": "MIGRATION", "data": {"status": "completed"}, "timestamp": {}}"#)
        == .event(QMPEvent(name: "MIGRATION", data: QMPEvent.Details(status: "completed"))))
    #expect(read(#"{"event": "X", "data": {"status": 7}}"#) == .event(QMPEvent(name: "X")))
    #expect(read(#"{}"#) == .unrecognized)
    #expect(read("") == nil)
    #expect(read("[1]") == nil)
    #expect(read("{") == nil)
  }

  @Test("any cut of the bytes gives the same lines, and a long line is refused")
  func lines() throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed: \(seed)")
    var generator = SeededRandom(seed: seed)
    let expected = (0..<50).map { Array("line \($0)".utf8) }
    let bytes = expected.flatMap { $0 + Array("\r\n\n".utf8) }
    for _ in 0..<100 {
      var lines = QMPLines(maximumBytes: 16)
      var found: [[UInt8]] = []
      var rest = bytes[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...40, using: &generator))
        rest = rest.dropFirst(part.count)
        found += try lines.append(part)
      }
      #expect(found == expected)
    }
    var lines = QMPLines(maximumBytes: 16)
    #expect(throws: QMPLines.LineTooLong.self) { try lines.append(Array(repeating: 65, count: 17)) }
  }

  @Test("no bytes make the reader trap")
  func garbage() {
    let seed = UInt64.random(in: .min ... .max)
    print("seed: \(seed)")
    var generator = SeededRandom(seed: seed)
    let valid = Array(#"{"event": "MIGRATION", "data": {"status": "completed", "open": true}, "id": 9}"#.utf8)
    for _ in 0..<2_000 {
      var bytes = valid
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator)
      }
      _ = QMPMessage(line: bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
    }
  }

  @Test("commands are lines of JSON with a number")
  func commands() {
    #expect(
      String(decoding: QMPCommand.resize("volume", bytes: 4096).encoded(id: 7), as: UTF8.self)
        == "{\"arguments\":{\"device\":\"volume\",\"size\":4096},\"execute\":\"block_resize\",\"id\":7}\n")
    #expect(
      String(decoding: QMPCommand.stop.encoded(id: 1), as: UTF8.self) == "{\"execute\":\"stop\",\"id\":1}\n")
  }

  @Test("the facts follow the events")
  func facts() {
    var facts = MachineFacts()
    facts.apply(.greeting(version: "7.2.22"))
    facts.apply(.event(QMPEvent(name: "VSERPORT_CHANGE", data: QMPEvent.Details(id: "guest", open: true))))
    facts.apply(.event(QMPEvent(name: "MIGRATION", data: QMPEvent.Details(status: "active"))))
    #expect(facts.isGuestListening && facts.transfer == .running && facts.version == "7.2.22")
    facts.apply(.event(QMPEvent(name: "MIGRATION", data: QMPEvent.Details(status: "failed"))))
    facts.apply(.event(QMPEvent(name: "SHUTDOWN", data: QMPEvent.Details(reason: "guest-shutdown"))))
    facts.apply(.event(QMPEvent(name: "SOMETHING_NEW")))
    #expect(facts.transfer == .failed && facts.shutdown == "guest-shutdown")
  }

  @Test("commands are answered by number, refusals are errors, and the end fails all that waits")
  func client() async throws {
    let pair = try SocketPair()
    let client = QMPClient(pair.ours)
    let timeout = Duration.seconds(60)
    try pair.theirs.write(Array(#"{"QMP": {"version": {"qemu": {"micro": 1, "minor": 2, "major": 3}}}}"#.utf8 + [10]))
    #expect(try await client.wait(for: "greeting", timeout: timeout) { $0.version != nil }.version == "3.2.1")
    try pair.theirs.write(Array("{\"return\": {}, \"id\": 1}\n{\"error\": {\"desc\": \"no\"}, \"id\": 2}\n".utf8))
    async let first: Void = client.perform(.stop, timeout: timeout)
    try? await first
    await #expect(throws: SandboxError.self) {
      try await client.wait(for: "nothing", timeout: .milliseconds(10)) { _ in false }
    }
    let waiting = Task { try await client.wait(for: "end", timeout: timeout) { _ in false } }
    client.fail(.engineFailed(engine: "qemu", reason: "it has ended"))
    await #expect(throws: SandboxError.engineFailed(engine: "qemu", reason: "it has ended")) {
      _ = try await waiting.value
    }
    await #expect(throws: SandboxError.self) { try await client.perform(.stop, timeout: timeout) }
  }

  @Test("the command line names no file of a sandbox, and differs only where machines may")
  func arguments() {
    let descriptors = MachineArguments.Descriptors(
      guest: 4, control: 5, console: 6, memory: 7, volumeReading: 8, volumeWriting: 9, image: nil, tap: nil)
    var arguments = MachineArguments(
      shape: MachineShape(
        accelerator: .translation, memoryLimitMegabytes: 128, cores: 1.5, hasImage: false, hasNetwork: false),
      program: "/usr/bin/qemu-system-x86_64", kernelPath: "/k", initialFilesPath: "/i", sharesMemory: false,
      isIncoming: true, diskBytesPerSecond: 1_000, descriptors: descriptors)
    #expect(arguments.shape.processors == 2)
    #expect(arguments.shape.memoryMegabytes % MachineShape.stepMegabytes == 0)
    #expect(arguments.shape.memoryMegabytes >= 128 + MachineShape.reservedMegabytes)
    let words = arguments.words
    #expect(words.contains("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"))
    #expect(words.suffix(2) == ["-incoming", "defer"])
    #expect(!words.contains("-netdev"))
    arguments.isIncoming = false
    arguments.shape.hasNetwork = true
    #expect(arguments.words.contains("hubport,id=network,hubid=0"))
    arguments.descriptors.tap = 10
    #expect(arguments.words.contains("tap,id=network,fd=10,vhost=off"))
    #expect(
      MachineConfinement(userID: 5).words.joined(separator: " ")
        == "unshare --net --ipc -- setpriv --reuid 5 --regid 5 --clear-groups --bounding-set=-all --inh-caps=-all "
        + "--no-new-privs --")
  }

  @Test("a process is known by its start, whatever its name is")
  func marks() throws {
    let status = "12 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
    #expect(ProcessMark.startTicks(inStatus: status) == 4711)
    #expect(ProcessMark.startTicks(inStatus: "12 (a) S 1") == nil)
    #expect(ProcessMark.startTicks(inStatus: "") == nil)
    let own = try #require(ProcessMark.current(of: getpid()))
    #expect(own.isAlive && ProcessMark(text: own.text) == own)
    #expect(!ProcessMark(processID: own.processID, startTicks: own.startTicks + 1).isAlive)
    #expect(ProcessMark(text: "1") == nil && ProcessMark(text: "-1 2") == nil && ProcessMark(text: "a b") == nil)
  }
}
