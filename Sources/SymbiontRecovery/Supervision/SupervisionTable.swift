/// The rules of supervision as tables, as the OTP documentation of `supervisor` states them.
package enum SupervisionTable {
  /// How an agent ended.
  package enum Ending: Sendable, Hashable, CaseIterable {
    /// It was done, or was asked to stop.
    case normal
    /// It failed.
    case failed
  }

  /// What the end of an agent means to its group.
  package enum Response: Sendable, Hashable, CaseIterable {
    /// The strategy of the group says who is restarted.
    case restart
    /// It stays as it is, as a member.
    case leave
    /// It is no member any more.
    case remove
  }

  /// What the end of a member means.
  package static func response(to ending: Ending, of restart: SupervisionGroup.Restart) -> Response {
    switch (restart, ending) {
    case (.permanent, .normal), (.permanent, .failed), (.transient, .failed): .restart
    case (.transient, .normal): .leave
    case (.temporary, .normal), (.temporary, .failed): .remove
    }
  }

  /// The positions of the members that are stopped and started when the one at a position is restarted.
  package static func scope(
    of strategy: SupervisionGroup.Strategy, position: Int, count: Int
  ) -> Range<Int> {
    switch strategy {
    case .oneForOne: position..<position + 1
    case .oneForAll: 0..<count
    case .restForOne: position..<count
    }
  }
}
