import DequeModule

/// Remembers the latest values up to a number; the oldest is forgotten first.
struct BoundedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let limit: Int
  private var values: [Key: Value] = [:]
  private var order: Deque<Key> = []

  init(limit: Int) {
    self.limit = limit
  }

  var count: Int { values.count }

  subscript(key: Key) -> Value? { values[key] }

  mutating func insert(_ value: Value, for key: Key) {
    guard limit > 0 else { return }
    if values.updateValue(value, forKey: key) == nil {
      order.append(key)
      if order.count > limit { values[order.removeFirst()] = nil }
    }
  }

  mutating func removeAll() {
    values.removeAll()
    order.removeAll()
  }
}
