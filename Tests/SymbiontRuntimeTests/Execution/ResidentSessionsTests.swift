import SymbiontCore
import SymbiontRuntime
import SymbiontTesting
import Testing

@Suite("Sessions that wait in memory")
struct ResidentSessionsTests {
  @Test("the longest waiting session leaves when there is no room")
  func oldestLeaves() {
    var residents = ResidentSessions<Int>(maximum: 2)
    let ids = (0..<3).map { _ in ExecutionID() }
    for (number, id) in ids.enumerated() { residents.keep(number, of: id) }
    #expect(residents.take(ids[0]) == nil)
    #expect(residents.take(ids[1]) == 1)
    #expect(residents.take(ids[2]) == 2)
    #expect(residents.take(ids[2]) == nil)
  }

  @Test("a session that came again waits from its second arrival on")
  func secondArrival() {
    var residents = ResidentSessions<Int>(maximum: 2)
    let ids = (0..<3).map { _ in ExecutionID() }
    residents.keep(0, of: ids[0])
    residents.keep(1, of: ids[1])
    #expect(residents.take(ids[0]) == 0)
    residents.keep(2, of: ids[0])
    residents.keep(3, of: ids[2])
    #expect(residents.take(ids[1]) == nil)
    #expect(residents.take(ids[0]) == 2)
  }

  @Test("without room nothing is kept")
  func noRoom() {
    var residents = ResidentSessions<Int>(maximum: 0)
    let id = ExecutionID()
    residents.keep(1, of: id)
    #expect(residents.take(id) == nil)
  }

  @Test(
    "any sequence of calls keeps what a plain list in order of arrival keeps", arguments: 1...8 as ClosedRange<UInt64>)
  func agreesWithList(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let maximum = 16
    let ids = (0..<40).map { _ in ExecutionID() }
    var residents = ResidentSessions<Int>(maximum: maximum)
    var list: [(id: ExecutionID, session: Int)] = []
    for step in 0..<10_000 {
      let id = ids[Int.random(in: ids.indices, using: &random)]
      switch Int.random(in: 0..<100, using: &random) {
      case 0:
        residents.removeAll()
        list = []
      case 1..<60:
        residents.keep(step, of: id)
        list.removeAll { $0.id == id }
        list.append((id, step))
        if list.count > maximum { list.removeFirst() }
      default:
        let expected = list.firstIndex { $0.id == id }.map { list.remove(at: $0).session }
        #expect(residents.take(id) == expected, "seed \(seed), step \(step)")
      }
      #expect(residents.count == list.count, "seed \(seed), step \(step)")
    }
  }
}
