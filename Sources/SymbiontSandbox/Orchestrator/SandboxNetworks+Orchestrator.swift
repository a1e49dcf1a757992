package import SymbiontCore

extension SandboxNetworks: SandboxNetworking {
  package func attach(
    _ sandboxID: SandboxID, config: NetworkConfig, megabytesPerSecond: Int?, forVirtualMachine: Bool
  ) async throws(SandboxError) -> SandboxNetworkAttachment {
    try await attach(sandboxID, config: config, rate: megabytesPerSecond, forVirtualMachine: forVirtualMachine)
  }

  package func update(_ sandboxID: SandboxID, megabytesPerSecond: Int) async throws(SandboxError) {
    try await update(sandboxID, rate: megabytesPerSecond)
  }

  package func bytes(of sandboxID: SandboxID) async throws(SandboxError) -> Int {
    let counters = try await counters(of: sandboxID)
    let (sum, overflow) = counters.bytesReceived.addingReportingOverflow(counters.bytesSent)
    return overflow ? .max : Int(clamping: sum)
  }
}
