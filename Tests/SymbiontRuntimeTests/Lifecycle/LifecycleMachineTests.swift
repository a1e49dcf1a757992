import SymbiontCore
import SymbiontRuntime
import SymbiontStore
import Testing

@Suite("the table of an agent's life")
struct LifecycleMachineTests {
  /// Written out by hand, apart from the code: state, then every state that may follow.
  static let legal: [AgentState: Set<AgentState>] = [
    .created: [.initializing, .terminating],
    .initializing: [.ready, .failed, .terminating],
    .ready: [.initializing, .running, .terminating],
    .running: [.waiting, .ready, .suspended, .completed, .failed, .terminating],
    .waiting: [.running, .ready, .suspended, .completed, .failed, .terminating],
    .suspended: [.running, .ready, .failed, .terminating],
    .completed: [.initializing, .running, .terminating],
    .failed: [.initializing, .terminating],
    .terminating: [.terminated, .failed],
    .terminated: [],
  ]

  @Test("all hundred pairs are legal or refused as the table says", arguments: AgentState.allCases)
  func pairs(from: AgentState) {
    for to in AgentState.allCases {
      let isLegal = Self.legal[from]?.contains(to) == true
      #expect(LifecycleMachine.allows(from: from, to: to) == isLegal, "\(from) to \(to)")
      if isLegal {
        #expect(throws: Never.self) { try LifecycleMachine.check(from: from, to: to) }
      } else {
        #expect(throws: LifecycleError.invalidStateTransition(from: from, to: to)) {
          try LifecycleMachine.check(from: from, to: to)
        }
      }
    }
  }

  @Test("every state leads to Terminated")
  func everyStateEnds() {
    for state in AgentState.allCases {
      var reached: Set<AgentState> = [state]
      var open = [state]
      while let next = open.popLast() {
        for successor in LifecycleMachine.successors(of: next) where reached.insert(successor).inserted {
          open.append(successor)
        }
      }
      #expect(reached.contains(.terminated), "\(state)")
    }
  }

  @Test("a running agent that fails is left to the error handler, an ephemeral one has had its call")
  func afterFailure() {
    func next(_ state: AgentState, _ mode: AgentMode, failed: Bool = true, isRecovered: Bool = true) -> AgentState? {
      LifecycleMachine.afterExecution(in: state, mode: mode, failed: failed, isRecovered: isRecovered)
    }
    #expect(next(.running, .persistent) == nil)
    #expect(next(.running, .persistent, isRecovered: false) == .failed)
    #expect(next(.running, .persistent, failed: false, isRecovered: false) == nil)
    #expect(next(.running, .ephemeral) == .failed)
    #expect(next(.running, .ephemeral, failed: false) == .completed)
    #expect(next(.suspended, .persistent, isRecovered: false) == nil)
  }
}
