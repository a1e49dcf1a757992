import SymbiontLanguage
import Testing

@Suite("records")
struct RecordTests {
  @Test("of a repeated key the last value wins, in the first position")
  func repeatedKey() {
    let record = Record([("a", 1), ("b", 2), ("a", 3)])
    #expect(record.keys == ["a", "b"])
    #expect(record.values == [3, 2])
  }

  @Test("equality ignores the order of fields but not a missing or different one")
  func equality() {
    #expect(Record([("a", 1), ("b", 2)]) == Record([("b", 2), ("a", 1)]))
    #expect(Record([("a", 1), ("b", 2)]) != Record([("a", 1), ("b", 3)]))
    #expect(Record([("a", 1), ("b", 2)]) != Record([("a", 1), ("c", 2)]))
    #expect(Record([("a", 1)]) != Record([("a", 1), ("b", .null)]))
  }

  @Test("keys that look alike but differ in their scalars are different keys")
  func exactKeys() {
    var record: Record = ["é": 1]
    #expect(record["e\u{301}"] == nil)
    record["e\u{301}"] = 2
    #expect(record.count == 2)
    for index in 0..<40 { record["k\(index)"] = 0 }
    #expect(record["é"] == 1)
    #expect(record["e\u{301}"] == 2)
  }

  @Test("a record behaves like a list of pairs searched from the front", arguments: [21 as UInt64, 22, 23])
  func model(seed: UInt64) {
    var generator = SampleGenerator(seed: seed)
    var record = Record()
    var model: [(key: String, value: Value)] = []
    for step in 0..<4000 {
      let key = "k\(Int.random(in: 0..<30, using: &generator))"
      let place = model.firstIndex { $0.key == key }
      #expect(record[key] == place.map { model[$0].value })
      if generator.chance(30) {
        record[key] = nil
        if let place { model.remove(at: place) }
      } else {
        let value = Value.int(Int64(step))
        #expect(record.updateValue(value, forKey: key) == place.map { model[$0].value })
        if let place { model[place].value = value } else { model.append((key, value)) }
      }
      #expect(record.position(of: key) == model.firstIndex { $0.key == key })
      guard step.isMultiple(of: 50) else { continue }
      #expect(record.keys == model.map(\.key))
      #expect(record.values == model.map(\.value))
    }
  }

  @Test("a copy keeps its fields when the original changes")
  func copies() {
    var record: Record = ["a": 1]
    let copy = record
    record["a"] = 2
    record["b"] = 3
    #expect(copy == ["a": 1])
  }
}
