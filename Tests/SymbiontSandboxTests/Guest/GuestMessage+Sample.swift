@testable import SymbiontSandbox

extension GuestMessage {
  /// Some message of some type.
  static func sample(using random: inout some RandomNumberGenerator) -> GuestMessage {
    func number<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) -> Value {
      .random(in: .min ... .max, using: &random)
    }
    func bytes(_ limit: Int) -> [UInt8] {
      (0..<Int.random(in: 0...limit, using: &random)).map { _ in number() }
    }
    func text() -> String {
      String(
        (0..<Int.random(in: 0...12, using: &random)).map { _ in "abc/.=é💾 \n".randomElement(using: &random) ?? "x" })
    }
    func texts() -> [String] { (0..<Int.random(in: 0...5, using: &random)).map { _ in text() } }
    func flag() -> Bool { .random(using: &random) }
    func execution() -> GuestExecution {
      var execution = GuestExecution()
      execution.hasInput = flag()
      execution.keepsBackground = flag()
      execution.gainsPrivileges = flag()
      execution.terminal = flag() ? TerminalSize(rows: number(), columns: number()) : nil
      execution.timeout = number()
      execution.userID = flag() ? .random(in: 0..<UInt32.max, using: &random) : nil
      execution.groupID = flag() ? .random(in: 0..<UInt32.max, using: &random) : nil
      execution.workingDirectory = text()
      execution.arguments = texts()
      execution.environment = texts()
      execution.limits = flag() ? [ProcessLimit(.openFiles, soft: number(), hard: number())] : []
      return execution
    }
    switch Int.random(in: 0..<25, using: &random) {
    case 0: return .hello(versions: 1...Swift.max(1, number()), features: number())
    case 1: return .ping(bytes(64))
    case 2: return .execute(execution())
    case 3: return .upload(path: text(), permissions: number(), maximumBytes: number(), makesParents: flag())
    case 4: return .download(path: text(), maximumBytes: number(), credit: number())
    case 5: return .list(path: text(), maximum: number())
    case 6: return .remove(path: text(), isRecursive: flag())
    case 7: return .makeDirectory(path: text(), permissions: number(), makesParents: flag())
    case 8: return .metrics
    case 9: return .configure((0..<3).map { _ in GuestSetting(tag: number(), value: bytes(20)) })
    case 10:
      return .reseed(
        GuestIdentity(entropy: bytes(64), timeNanoseconds: number(), hostname: text(), machineID: text()))
    case 11: return .freeze(flag())
    case 12: return .data(GuestStream.allCases.randomElement(using: &random) ?? .input, bytes(2_000), isLast: flag())
    case 13: return .credit(GuestStream.allCases.randomElement(using: &random) ?? .input, number())
    case 14: return .signal(number())
    case 15: return .resize(TerminalSize(rows: number(), columns: number()))
    case 16: return .kill
    case 17:
      return .welcome(
        GuestGreeting(
          protocolVersion: number(), maximumChannels: number(), processID: number(), features: number(),
          kernel: text(), hostname: text(), bootIdentity: text()))
    case 18:
      return .error(
        GuestFailure(
          code: GuestFailure.Code.allCases.randomElement(using: &random) ?? .system, number: number(), message: text()))
    case 19: return .started(processID: number())
    case 20:
      return .ended(
        GuestEnding(
          isSignalled: flag(), flags: GuestEnding.Flags(rawValue: number()), code: number(),
          elapsedNanoseconds: number(), userMicroseconds: number(), systemMicroseconds: number(),
          peakMemoryBytes: number()))
    case 21: return .done(bytes(100))
    case 22: return .file(GuestFileStatus(size: number(), permissions: number(), modifiedNanoseconds: number()))
    case 23:
      return .entries(
        (0..<3).map { _ in
          GuestFileEntry(name: text(), mode: number(), size: number(), modifiedNanoseconds: number())
        })
    default: return .shutdown
    }
  }
}
