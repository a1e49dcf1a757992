package import SymbiontCore

/// What the shell is to do.
package enum SchedulerAction: Sendable {
  /// Have the worker carry the attempt out.
  case perform(slot: UInt32, worker: Int, TaskAttempt)
  /// Cancel the work of the slot.
  case stop(slot: UInt32)
  /// Have the worker end what an attempt of the task may have left, which is not made again.
  case abandon(ScheduledTask)
  /// Answer a call.
  case answer(CallID, SchedulerAnswer)
  /// Ask the worker how it is.
  case checkHealth(worker: Int)
}

/// What a call is told.
package enum SchedulerAnswer: Sendable {
  case done
  case status(TaskStatus)
  case task(TaskID)
  case refused(SchedulerError)
}

/// How an attempt ended.
package enum AttemptEnd: Sendable {
  case completed([UInt8])
  case failed(ErrorRecord)
  /// It was given back: the task is as it was before.
  case handedBack(after: Duration)
}
