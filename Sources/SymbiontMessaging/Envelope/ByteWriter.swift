import Foundation
import SymbiontCore

/// Appends numbers with their most significant byte first.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  mutating func write(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ identifier: some Identifier) {
    write(identifier.value.high)
    write(identifier.value.low)
  }

  mutating func write(_ more: Data) {
    more.withUnsafeBytes { write($0) }
  }

  mutating func write(_ more: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: more)
  }

  mutating func write(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }
}
