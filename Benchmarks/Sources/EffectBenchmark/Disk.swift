import Foundation

/// How slow the disk is just now: without it a rate of durable effects means nothing.
enum Disk {
  private static let samples = 100
  private static let pageBytes = 4_096

  /// The microseconds of appending one page and `fdatasync`, one number for each try.
  static func syncs(in directory: String) throws -> [Double] {
    let path = "\(directory)/sync"
    let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw BenchmarkFailure("`\(path)` cannot be written") }
    defer {
      close(descriptor)
      unlink(path)
    }
    let page = [UInt8](repeating: 1, count: pageBytes)
    let clock = ContinuousClock()
    return try (0..<samples).map { _ in
      let start = clock.now
      guard write(descriptor, page, page.count) == page.count, fdatasync(descriptor) == 0 else {
        throw BenchmarkFailure("`\(path)` cannot be synced")
      }
      return (clock.now - start) / .microseconds(1)
    }
  }
}
