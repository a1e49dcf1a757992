import Dispatch
import Synchronization
import Testing

@testable import SymbiontSystem

@Suite("Waiting for descriptors")
struct DescriptorWatchTests {
  private static let queue = DispatchQueue(label: "symbiont.tests.watch", attributes: .concurrent)

  private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() { count.withLock { $0 += 1 } }
  }

  @Test("tells of what can be read, again and again, and of the end")
  func reading() async throws {
    let pipe = try Pipe()
    let (events, event) = AsyncStream.makeStream(of: Int.self)
    let watch = try DescriptorWatch(pipe.readingEnd, for: .reading, on: Self.queue) {
      let count = (try? pipe.readingEnd.read(upTo: 1) { _ in }) ?? -1
      event.yield(count)
      return count > 0
    }
    var reader = events.makeAsyncIterator()
    for _ in 0..<3 {
      try pipe.writingEnd.write([1])
      #expect(await reader.next() == 1)
    }
    try pipe.writingEnd.write([1, 2])
    #expect(await reader.next() == 1)
    #expect(await reader.next() == 1)
    withExtendedLifetime(watch) {}
  }

  private static func wait(
    for readiness: DescriptorWatch.Readiness, of descriptor: Descriptor, _ body: @escaping @Sendable () -> Void = {}
  ) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      do throws(SystemError) {
        try DescriptorWatch.once(descriptor, for: readiness, on: queue) {
          body()
          continuation.resume()
        }
      } catch { continuation.resume(throwing: error) }
    }
  }

  @Test("once means once, for several who wait for the same descriptor, and for both directions")
  func once() async throws {
    let pipe = try Pipe()
    let calls = Counter()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { try await Self.wait(for: .reading, of: pipe.readingEnd) { calls.add() } } }
      try await Self.wait(for: .writing, of: pipe.writingEnd)
      try pipe.writingEnd.write([1])
      try await group.waitForAll()
    }
    #expect(calls.value == 8)
  }

  @Test("a watch that is cancelled, or that goes, is not told any more")
  func cancelled() async throws {
    let pipe = try Pipe()
    let calls = Counter()
    let watch = try DescriptorWatch(pipe.readingEnd, for: .reading, on: Self.queue) {
      calls.add()
      return true
    }
    watch.cancel()
    watch.cancel()
    do {
      _ = try DescriptorWatch(pipe.readingEnd, for: .reading, on: Self.queue) {
        calls.add()
        return true
      }
    }
    try pipe.writingEnd.write([1])
    // Another watch of the same descriptor is told after those would have been.
    try await Self.wait(for: .reading, of: pipe.readingEnd)
    #expect(calls.value == 0)
  }

  @Test("thousands of watches that come and go at once, on numbers that are used again, each get their own events")
  func churn() async throws {
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for task in 0..<16 {
        group.addTask {
          var sum = 0
          for round in 0..<250 {
            let pipe = try Pipe()
            let byte = UInt8(truncatingIfNeeded: task &* 31 &+ round)
            try pipe.writingEnd.write([byte])
            let abandoned = try DescriptorWatch(pipe.readingEnd, for: .reading, on: Self.queue) { false }
            try await Self.wait(for: .reading, of: pipe.readingEnd)
            _ = try pipe.readingEnd.read(upTo: 1) { if $0.first == byte { sum += 1 } }
            withExtendedLifetime(abandoned) {}
          }
          return sum
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(total == 16 * 250)
  }

  @Test("many who wait for one process all learn that it ended")
  func processes() async throws {
    let process = try ProcessStart(
      program: "/bin/sh", arguments: ["-c", "exit 3"], environment: [], descriptors: [:]
    ).start()
    let statuses = await withTaskGroup(of: SymbiontSystem.ExitStatus?.self) { group in
      for _ in 0..<16 { group.addTask { await process.waitForExit() } }
      return await group.reduce(into: [SymbiontSystem.ExitStatus?]()) { $0.append($1) }
    }
    // The status is collected once; who comes later learns only of the end.
    #expect(statuses.compactMap { $0 } == [.exited(3)])
    #expect(process.hasEnded)
  }
}
