import ArgumentParser
import Glibc
import Logging
import SymbiontLanguage
import SymbiontSandbox
import SymbiontStore

/// `symbi doctor`: tries everything that the runtime needs of this machine.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tries what the runtime needs of this machine.",
    discussion: """
      Every engine that is found starts a real sandbox, whose limits are read and then exceeded; a directory is tried by
      committing to it. Exit status: 0 everything needed is there, 1 something is missing.
      """)

  @Option(help: "The directory whose disk is tried.", completion: .directory)
  var data = "."

  @Flag(help: "Print JSON on standard output.")
  var json = false

  func run() async throws {
    let driver = RuncDriver(RuncConfiguration(instance: "doctor-\(getpid())"))
    let sandbox = await driver.probe()
    RunDirectory.remove(driver.configuration.stateDirectory)
    let report = DoctorReport(
      sandbox: sandbox, engines: try await Self.engines(), disk: await DiskProbe.probe(data),
      system: Self.systemVersion())
    try StandardStream.printResult(json ? try ValueJSON.print(report.value, style: .pretty) : report.text)
    if !report.isHealthy { throw CommandEnd(status: .failure) }
  }

  /// Tries the engines, in a directory that is gone after it.
  private static func engines() async throws -> [EngineCheckup] {
    let directory = try RunDirectory.makeThrowAway(prefix: "symbi-doctor")
    defer { RunDirectory.remove(directory.path) }
    let store = try Store.open(StoreConfiguration(durability: .memory))
    // What it has to say is in the report.
    let logger = Logger(label: "symbiont.doctor") { _ in SwiftLogNoOpLogHandler() }
    let prober = TierProber(SandboxService.configuration(directory.path), store: store, logger: logger)
    let found = await prober.probe()
    await store.close()
    return found
  }

  private static func systemVersion() -> String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return [text(of: name.sysname), text(of: name.release), text(of: name.machine)].joined(separator: " ")
  }

  private static func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
