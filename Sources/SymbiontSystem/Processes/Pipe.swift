import Glibc

/// A pipe whose ends are not inherited by the programs that are started meanwhile.
package struct Pipe: Sendable {
  package let readingEnd: Descriptor
  package let writingEnd: Descriptor

  package init() throws(SystemError) {
    var ends: (Int32, Int32) = (-1, -1)
    try withUnsafeMutablePointer(to: &ends) { pointer throws(SystemError) in
      _ = try SystemCall.invoke(.pipe, Int(bitPattern: pointer), Int(O_CLOEXEC))
    }
    readingEnd = Descriptor(owning: ends.0)
    writingEnd = Descriptor(owning: ends.1)
  }
}
