/// What gVisor's kernel needs of the machine.
enum GVisorKernel {
  private static let ownThreads = 512
  private static let threadsPerProcess = 32
  /// Beyond this a sandbox could leave the machine without numbers for processes.
  private static let mostProcesses = 16_384

  /// How many processes and threads of the machine it may need for so many of its own.
  ///
  /// It has threads of its own, more of them the more processes it has, and inside of each address space one for each of
  /// those that ever ran it. It ends as a whole when it is refused one, so this is generous.
  static func machineProcesses(for limit: Int) -> Int {
    let (product, overflow) = limit.multipliedReportingOverflow(by: threadsPerProcess + min(limit, mostProcesses) / 2)
    return overflow ? mostProcesses : min(ownThreads + product, mostProcesses)
  }
}
