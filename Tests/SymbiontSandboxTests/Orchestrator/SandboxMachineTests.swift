import SymbiontCore
import Testing

@testable import SymbiontSandbox

@Suite("The life of a sandbox")
struct SandboxMachineTests {
  typealias Operation = SandboxMachine.Operation

  private static let failed = SandboxStatus.failed(reason: "it broke")
  private static let statuses: [SandboxStatus] = [
    .created, .starting, .running, .paused, .stopping, .stopped, failed, .destroyed,
  ]

  /// What each state allows, written down a second time.
  private static let legal: [SandboxStatus: Set<Operation>] = [
    .created: [.start, .destroy], .running: [.stop, .destroy, .pause, .snapshot, .update, .execute, .transfer],
    .paused: [.stop, .destroy, .resume, .snapshot, .update], .stopped: [.start, .destroy, .snapshot],
    failed: [.destroy],
  ]

  /// A machine in a state, reached by legal steps.
  private func machine(_ status: SandboxStatus) throws -> SandboxMachine {
    var machine = SandboxMachine()
    let steps: [Operation] =
      switch status {
      case .created, .starting, .destroyed: []
      case .running, .failed, .stopping: [.start]
      case .paused: [.start, .pause]
      case .stopped: [.start, .stop]
      }
    for step in steps {
      try machine.begin(step)
      machine.finish()
    }
    switch status {
    case .starting: try machine.begin(.start)
    case .stopping: try machine.begin(.stop)
    case .failed: _ = machine.endedByItself(reason: "it broke")
    case .destroyed:
      try machine.begin(.destroy)
      machine.finish()
    case .created, .running, .paused, .stopped: break
    }
    #expect(machine.status == status)
    return machine
  }

  @Test("every pair of state and operation is legal or refused with the state", arguments: statuses)
  func pairs(_ status: SandboxStatus) throws {
    for operation in Operation.allCases {
      var machine = try machine(status)
      let before = machine
      if Self.legal[status, default: []].contains(operation) {
        try machine.begin(operation)
        #expect((machine.current == operation) == operation.isExclusive, "\(operation) in \(status)")
      } else {
        #expect(throws: SandboxMachine.Refusal(status: status), "\(operation) in \(status)") {
          try machine.begin(operation)
        }
        #expect(machine == before)
      }
    }
  }

  @Test("each operation leads where it must")
  func targets() throws {
    let targets: [(SandboxStatus, Operation, SandboxStatus, SandboxStatus)] = [
      (.created, .start, .starting, .running), (.stopped, .start, .starting, .running),
      (.running, .stop, .stopping, .stopped), (.paused, .stop, .stopping, .stopped),
      (.running, .pause, .running, .paused), (.paused, .resume, .paused, .running),
      (.running, .snapshot, .running, .running), (.paused, .snapshot, .paused, .paused),
      (.stopped, .snapshot, .stopped, .stopped), (.running, .update, .running, .running),
      (Self.failed, .destroy, .stopping, .destroyed), (.created, .destroy, .stopping, .destroyed),
    ]
    for (start, operation, during, end) in targets {
      var machine = try machine(start)
      try machine.begin(operation)
      #expect(machine.status == during, "\(operation) from \(start)")
      machine.finish()
      #expect(machine.status == end, "\(operation) from \(start)")
      #expect(machine.current == nil)
    }
  }

  @Test("exclusive operations exclude each other, commands go on")
  func exclusion() throws {
    for first in [Operation.pause, .snapshot, .update] {
      var machine = try machine(.running)
      try machine.begin(first)
      for second in Operation.allCases where second.isExclusive {
        #expect(throws: SandboxMachine.Refusal(status: .running), "\(second) during \(first)") {
          try machine.begin(second)
        }
      }
      try machine.begin(.execute)
      machine.withdraw()
      #expect(machine.status == .running)
      try machine.begin(.stop)
    }
  }

  @Test("what ends by itself is failed once, and no operation brings it back")
  func endings() throws {
    for status in Self.statuses {
      var machine = try machine(status)
      let isSurprise = status == .running || status == .paused
      let wasSurprise = machine.endedByItself(reason: "gone")
      #expect(wasSurprise == isSurprise)
      #expect(machine.status == (isSurprise ? .failed(reason: "gone") : status))
    }
    for operation in [Operation.pause, .snapshot, .update] {
      var machine = try machine(.running)
      try machine.begin(operation)
      let wasSurprise = machine.endedByItself(reason: "gone")
      #expect(wasSurprise)
      machine.finish()
      #expect(machine.status == .failed(reason: "gone"))
      try machine.begin(.destroy)
      machine.finish()
      #expect(machine.status == .destroyed)
    }
  }

  @Test("an operation that broke the sandbox leaves it failed with the reason, to be destroyed again")
  func failures() throws {
    for (status, operation) in [(SandboxStatus.created, Operation.start), (.running, .stop), (.paused, .destroy)] {
      var machine = try machine(status)
      try machine.begin(operation)
      machine.fail(reason: "no")
      #expect(machine.status == .failed(reason: "no"))
      try machine.begin(.destroy)
    }
  }
}
