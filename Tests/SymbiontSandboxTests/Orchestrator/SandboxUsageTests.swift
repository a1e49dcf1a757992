import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("What a sandbox used, between two readings")
struct SandboxUsageTests {
  private static func usage(_ change: (inout SandboxUsage) -> Void) -> SandboxUsage {
    var usage = SandboxUsage()
    usage.workspaceTotalBytes = 1_000
    usage.workspaceUsedBytes = 0
    change(&usage)
    return usage
  }

  @Test("kills and refusals count when there are more of them")
  func counters() {
    let before = Self.usage { ($0.memoryKills, $0.processRefusals) = (2, 3) }
    #expect(before.violations(since: before) == [])
    let after = Self.usage { ($0.memoryKills, $0.processRefusals) = (3, 4) }
    #expect(after.violations(since: before) == [.memory, .processes])
    let evidence = after.evidence(of: .memory, since: before, subject: "it")
    #expect(evidence == .init(subject: "it", counter: "oom_kill", before: 2, after: 3))
  }

  @Test(
    "waiting for processor time counts for at least half of a second's periods",
    arguments: [
      (9, 9, false), (10, 4, false), (10, 5, true), (100, 49, false), (100, 50, true),
    ])
  func throttling(periods: Int, waited: Int, counts: Bool) {
    let before = Self.usage { ($0.periods, $0.throttledPeriods) = (1_000, 900) }
    let after = Self.usage { ($0.periods, $0.throttledPeriods) = (1_000 + periods, 900 + waited) }
    #expect(after.violations(since: before) == (counts ? [.cpu] : []))
  }

  @Test("a workspace counts as full once, when it becomes so")
  func workspace() {
    let (empty, almost, full) = (
      Self.usage { _ in }, Self.usage { $0.workspaceUsedBytes = 990 }, Self.usage { $0.workspaceUsedBytes = 991 }
    )
    #expect(almost.violations(since: empty) == [])
    #expect(full.violations(since: almost) == [.workspace])
    #expect(full.violations(since: full) == [])
    #expect(SandboxUsage().violations(since: full) == [])
  }
}
