#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Timestamp {
  /// The system's civil time.
  ///
  /// Pure code is handed its time instead.
  public static func now() -> Timestamp {
    var time = timespec()
    // Fails only for an unknown clock or a bad address, and neither can be.
    clock_gettime(CLOCK_REALTIME, &time)
    return .epoch + .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }
}
