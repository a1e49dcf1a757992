import SymbiontRuntime
import Synchronization
import Testing

@Suite("Work that a stop ends")
struct ActivationControlTests {
  @Test("is done when nobody asks for a stop, or for a pause only")
  func done() async {
    let control = ActivationControl()
    #expect(await control.unlessStopped { 1 } == 1)
    control.stop(.pause)
    #expect(await control.unlessStopped { 2 } == 2)
  }

  @Test("is cancelled and comes to nothing when a stop is asked for before or meanwhile", arguments: [true, false])
  func stopped(isBefore: Bool) async {
    let control = ActivationControl()
    let (starts, starting) = AsyncStream<Void>.makeStream()
    // Nothing ever comes: to wait for it ends by cancellation alone.
    let (never, source) = AsyncStream<Void>.makeStream()
    let wasCancelled = Mutex(false)
    if isBefore { control.stop(.abort) }
    async let made = control.unlessStopped {
      starting.yield()
      for await _ in never {}
      wasCancelled.withLock { $0 = Task.isCancelled }
      return 1
    }
    for await _ in starts { break }
    control.stop(.cancel)
    #expect(await made == nil)
    #expect(wasCancelled.withLock { $0 })
    source.finish()
  }
}
