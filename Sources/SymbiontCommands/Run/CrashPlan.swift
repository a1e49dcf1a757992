import Glibc
import SymbiontCore
import SymbiontRuntime
import SymbiontStore
import Synchronization

/// Ends this process by SIGKILL at a chosen moment: the seam by which tests prove that a crash loses nothing.
///
/// `SYMBIONT_CRASH_AT=POINT:N` names the moment: the N-th `before-commit`, `after-commit`, `before-perform` or
/// `after-perform`. `SYMBIONT_CRASH_COUNT=FILE` has the numbers of moments that came written at the end, as JSON.
final class CrashPlan: StoreObserver, PerformObserver {
  /// A kind of moment.
  enum Point: String, CaseIterable, Sendable {
    case beforeCommit = "before-commit"
    case afterCommit = "after-commit"
    case beforePerform = "before-perform"
    case afterPerform = "after-perform"
  }

  static let crashVariable = "SYMBIONT_CRASH_AT"
  static let countVariable = "SYMBIONT_CRASH_COUNT"

  private let point: Point?
  private let number: UInt64
  private let countFile: String?
  private let counts = Mutex<[Point: UInt64]>([:])

  private init(point: Point?, number: UInt64, countFile: String?) {
    self.point = point
    self.number = number
    self.countFile = countFile
  }

  /// The plan that the environment asks for, if any.
  static func fromEnvironment() throws(CommandFailure) -> CrashPlan? {
    let crash = getenv(crashVariable).map { String(cString: $0) }
    let countFile = getenv(countVariable).map { String(cString: $0) }
    guard crash != nil || countFile != nil else { return nil }
    guard let crash else { return CrashPlan(point: nil, number: 0, countFile: countFile) }
    let parts = crash.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let point = Point(rawValue: String(parts[0])), let number = UInt64(parts[1]), number > 0
    else {
      throw CommandFailure(
        .usage, "`\(crashVariable)` must be POINT:N with N from 1, found `\(crash)`",
        hint: "the points are \(Point.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return CrashPlan(point: point, number: number, countFile: countFile)
  }

  /// Writes the numbers of moments to the file that the environment names.
  func writeCounts() throws(CommandFailure) {
    guard let countFile else { return }
    let counts = counts.withLock { $0 }
    let fields = Point.allCases.map { "\"\($0.rawValue)\":\(counts[$0] ?? 0)" }
    let text = "{\(fields.joined(separator: ","))}\n"
    let descriptor = open(countFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    guard descriptor >= 0, write(descriptor, text, text.utf8.count) == text.utf8.count else {
      throw CommandFailure(
        .fileUnwritable, "`\(countFile)` cannot be written: \(String(cString: strerror(errno)))", status: .failure)
    }
  }

  func beforeCommit(_ number: UInt64) { pass(.beforeCommit) }
  func afterCommit(_ number: UInt64) { pass(.afterCommit) }
  func beforePerform(_ effect: EffectID) { pass(.beforePerform) }
  func afterPerform(_ effect: EffectID) { pass(.afterPerform) }

  private func pass(_ passed: Point) {
    let count = counts.withLock { counts in
      counts[passed, default: 0] += 1
      return counts[passed] ?? 0
    }
    if passed == point, count == number { kill(getpid(), SIGKILL) }
  }
}
