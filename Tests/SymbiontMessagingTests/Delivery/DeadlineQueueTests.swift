import SymbiontCore
import SymbiontTesting
import Testing

@testable import SymbiontMessaging

@Suite("The queue of deadlines")
struct DeadlineQueueTests {
  @Test("gives what a list of deadlines gives, and stays small")
  func model() throws {
    var random = SeededRandom.forTest()
    var queue = DeadlineQueue<Int>()
    var model: [Int: Int64] = [:]
    for step in 0..<20_000 {
      let key = Int.random(in: 0..<50, using: &random)
      if Int.random(in: 0..<10, using: &random) < 8 {
        let time = Int64(step) + .random(in: 0..<500, using: &random)
        queue.insert(time, for: key)
        model[key] = time
      } else if Bool.random(using: &random) {
        model[key] = nil
      } else {
        while let expected = model.values.min(), expected <= step {
          let due = try #require(queue.popDue(at: Int64(step)) { model[$1] == $0 })
          #expect(model[due] == expected, "\(random)")
          model[due] = nil
        }
        #expect(queue.popDue(at: Int64(step)) { model[$1] == $0 } == nil, "\(random)")
      }
      if queue.isStale(of: model.count) {
        queue.replace(model.map { ($0.value, $0.key) })
        #expect(!queue.isStale(of: model.count), "\(random)")
      }
      #expect(queue.next { model[$1] == $0 } == model.values.min(), "\(random)")
    }
  }
}

@Suite("A mailbox")
struct MailboxTests {
  @Test("gives messages by priority, then by sequence, also those that come back")
  func order() throws {
    var random = SeededRandom.forTest()
    var mailbox = Mailbox()
    var model: [(place: Mailbox.Place, priority: Priority)] = []
    var taken: [(place: Mailbox.Place, priority: Priority)] = []
    for sequence in 0..<5_000 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0, 1, 2:
        let place = Mailbox.Place(sequence: UInt64(sequence), id: MessageID())
        let priority = try #require(Priority.allCases.randomElement(using: &random))
        mailbox.insert(place, priority: priority)
        model.append((place, priority))
      case 3:
        guard let index = taken.indices.randomElement(using: &random) else { continue }
        let back = taken.remove(at: index)
        mailbox.insert(back.place, priority: back.priority)
        model.append(back)
      case 4:
        guard let index = model.indices.randomElement(using: &random) else { continue }
        let gone = model.remove(at: index)
        mailbox.remove(gone.place, priority: gone.priority)
      default:
        let first = model.indices.min { left, right in
          (-model[left].priority.rawValue, model[left].place.sequence)
            < (-model[right].priority.rawValue, model[right].place.sequence)
        }
        #expect(mailbox.popFirst() == first.map { model[$0].place }, "\(random)")
        if let first { taken.append(model.remove(at: first)) }
      }
      #expect(mailbox.places == model.count, "\(random)")
    }
  }
}
