import SymbiontCore

/// Ids with known texts.
enum SampleID {
  static let agent = AgentID(value: UniqueValue(high: 0x0197_F2A4_7C1E_7B3A, low: 0x9D52_1F6C_0A8E_4B77))
  static let other = AgentID(value: UniqueValue(high: 0, low: 1))
  static let task = TaskID(value: UniqueValue(high: 0, low: 2))
  static let message = MessageID(value: UniqueValue(high: 0, low: 3))
  static let audit = AuditID(value: UniqueValue(high: 0, low: 4))
  static let execution = ExecutionID(value: UniqueValue(high: 0, low: 5))
}
