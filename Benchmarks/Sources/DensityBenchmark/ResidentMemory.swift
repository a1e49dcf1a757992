import CMalloc
import Foundation
import Measuring

/// What the kernel says that this process has in memory.
enum ResidentMemory {
  /// Bytes of resident memory, after everything that is free was given back to the kernel.
  static func bytes() throws -> Int {
    malloc_trim(0)
    let path = "/proc/self/smaps_rollup"
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") where line.hasPrefix("Rss:") {
      if let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { return kibibytes * 1_024 }
    }
    throw BenchmarkFailure("`\(path)` does not say how much memory is resident")
  }
}

/// Something that makes a measurement worthless.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
