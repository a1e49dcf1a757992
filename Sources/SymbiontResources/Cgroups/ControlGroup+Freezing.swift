extension ControlGroup {
  /// How long the kernel may take to stop processes: those that wait for a disk stop only afterwards.
  private static let patience = Duration.seconds(10)
  /// Version 1 tells nobody when the processes have stopped, so its file is looked at this often.
  private static let pause = Duration.milliseconds(2)
  private static let attemptsBeforeLettingGo = 25

  /// Stops all its processes, and returns when they have stopped.
  ///
  /// When they do not in time they run again, and it throws.
  package func freeze() async throws(ControlGroupError) {
    if let state = freezerState {
      try await freeze(state)
    } else if let switching = fileTwo("cgroup.freeze"), let events = fileTwo("cgroup.events"), switching.exists {
      try switching.write("1")
      let isFrozen = try await CgroupWait.until(events, within: Self.patience) { $0.value(of: "frozen") == 1 }
      guard isFrozen else {
        try switching.write("0")
        throw .notFrozen(path: path)
      }
    } else {
      throw .inaccessible(path: "\(path)/cgroup.freeze", reason: .missing)
    }
  }

  /// Lets its processes run again.
  ///
  /// Those that were not stopped are not disturbed.
  package func thaw() throws(ControlGroupError) {
    if let state = freezerState {
      try state.write("THAWED")
    } else if let switching = fileTwo("cgroup.freeze"), switching.exists {
      try switching.write("0")
    } else {
      throw .inaccessible(path: "\(path)/cgroup.freeze", reason: .missing)
    }
  }

  /// Whether its processes are stopped.
  package var isFrozen: Bool {
    if let state = freezerState { return state.text == "FROZEN" }
    return fileTwo("cgroup.events")?.value(of: "frozen") == 1
  }

  /// The switch of version 1, where the group has one.
  private var freezerState: CgroupFile? {
    guard let file = fileOne("freezer", "freezer.state"), file.exists else { return nil }
    return file
  }

  /// The kernel of version 1 gives up on processes that start others meanwhile, and goes on when it is told again.
  private func freeze(_ state: CgroupFile) async throws(ControlGroupError) {
    let deadline = ContinuousClock.now + Self.patience
    var attempts = 0
    repeat {
      attempts += 1
      // Processes that wait for each other half-way stay so; letting them go for a moment untangles them.
      if attempts.isMultiple(of: Self.attemptsBeforeLettingGo) {
        try state.write("THAWED")
        await CgroupWait.pause(Self.pause)
      }
      try state.write("FROZEN")
      if state.text == "FROZEN" { return }
      await CgroupWait.pause(Self.pause)
    } while ContinuousClock.now < deadline
    try state.write("THAWED")
    throw .notFrozen(path: path)
  }
}
