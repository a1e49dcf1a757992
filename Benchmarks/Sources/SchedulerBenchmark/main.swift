import Foundation
import Measuring

// The scheduler: tasks per second beside Dramatiq and DBOS, lateness, the cost of an operation by the length of the queue,
// timers, and the processor time of idling.
//
//     swift run -c release SchedulerBenchmark [directory [rounds [parts]]]
//
// The directory is where databases are made, and so the disk that is measured. Peers run when `Benchmarks/peers/setup` was
// run before, and Dramatiq when there is a `redis-server`. They are given fewer tasks, because they need longer for each;
// rates are compared. Parts are any of `tasks`, `late`, `curve`, `timers` and `idle`, divided by commas.

let arguments = Array(CommandLine.arguments.dropFirst())
let place = arguments.first ?? FileManager.default.temporaryDirectory.path
let rounds = arguments.dropFirst().first.flatMap { Int($0) } ?? 5
let parts = Set((arguments.dropFirst(2).first ?? "tasks,late,curve,timers,idle").split(separator: ",").map(String.init))

if parts.contains("timers") { try TimerSide.report(rounds: rounds) }
if parts.contains("curve") { try CurveSide.report() }
if parts.contains("idle") { try await IdleSide.report() }
if parts.contains("late") { try await LatenessSide.report(in: place) }
if parts.contains("tasks") { try await ThroughputComparison(place: place, rounds: rounds).report() }
