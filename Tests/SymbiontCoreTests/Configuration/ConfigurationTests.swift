import SymbiontCore
import Testing

/// What every configuration promises: defaults that are valid, and for a missing field its default.
private func expectDefaults<Value: Codable & Equatable>(
  _ defaults: Value, _ json: String, sourceLocation: SourceLocation = #_sourceLocation,
  validate: (Value) throws -> Void
) throws {
  #expect(throws: Never.self, sourceLocation: sourceLocation) { try validate(defaults) }
  #expect(try WireForm.value(Value.self, from: "{}") == defaults, sourceLocation: sourceLocation)
  try expectWire(defaults, json, sourceLocation: sourceLocation)
}

@Suite("Configurations")
struct ConfigurationTests {
  @Test("the lifecycle controller")
  func lifecycle() throws {
    try expectDefaults(
      LifecycleConfig(),
      """
      {"initialization_timeout":30,"termination_timeout":30,"state_check_interval":5,"enable_auto_recovery":true,
       "max_restart_attempts":3,"max_agents":1000}
      """
    ) { try $0.validate() }
  }

  @Test("the resource manager, its limits and thresholds")
  func resources() throws {
    try expectDefaults(
      ResourceManagerConfig(),
      """
      {"total_memory":4294967296,"total_cpu_cores":2,"total_disk_space":34359738368,
       "total_network_bandwidth":131072000,"enforcement_enabled":true,"auto_scaling_enabled":false,
       "resource_reservation_percentage":10,"monitoring_interval":5}
      """
    ) { try $0.validate() }
    try expectDefaults(
      ResourceLimits(),
      """
      {"memory_mb":512,"cpu_cores":1,"disk_io_mbps":50,"network_io_mbps":10,"execution_timeout":3600,
       "idle_timeout":300}
      """
    ) { try $0.validate() }
    try expectDefaults(
      ResourceThresholds(),
      """
      {"memory_percentage":80,"cpu_percentage":90,"disk_io_percentage":90,"network_io_percentage":90,
       "sustained_for":10}
      """
    ) { try $0.validate() }
  }

  @Test("the scheduler")
  func scheduler() throws {
    try expectDefaults(
      SchedulerConfig(),
      """
      {"max_concurrent_tasks":64,"task_timeout":3600,"retry_attempts":3,"load_balancing_strategy":"LeastConnections",
       "enable_priority_scheduling":true,"task_queue_size":10000,"worker_threads":4,"health_check_interval":10}
      """
    ) { try $0.validate() }
  }

  @Test("the communication bus")
  func communication() throws {
    try expectDefaults(
      CommunicationConfig(),
      """
      {"message_ttl":3600,"max_queue_size":10000,"delivery_timeout":30,"retry_attempts":3,"enable_encryption":true,
       "cipher":"AES-256-GCM",
       "enable_compression":false,"max_message_size":1048576,"dead_letter_queue_size":1000}
      """
    ) { try $0.validate() }
  }

  @Test("the error handler and its thresholds")
  func errorHandler() throws {
    try expectDefaults(
      ErrorHandlerConfig(),
      """
      {"max_error_history":1000,"error_aggregation_window":300,"escalation_threshold":10,
       "circuit_breaker_threshold":5,"circuit_breaker_timeout":60,"enable_auto_recovery":true,
       "max_recovery_attempts":3,"recovery_backoff_multiplier":2}
      """
    ) { try $0.validate() }
    try expectDefaults(
      ErrorThresholds(),
      """
      {"escalation_threshold":10,"window":300,"circuit_breaker_threshold":5,"circuit_breaker_timeout":60}
      """
    ) { try $0.validate() }
  }

  @Test("the network and the files of a sandbox")
  func sandbox() throws {
    try expectDefaults(NetworkConfig(), #"{"mode":"None","allowed_destinations":[]}"#) { try $0.validate() }
    try expectDefaults(
      FilesystemConfig(),
      """
      {"read_only_root":true,"workspace_path":"/workspace","workspace_mb":1024,"temporary_mb":64,"mounts":[]}
      """
    ) { try $0.validate() }
  }

  @Test("a field of the wrong type is refused, not replaced by its default")
  func wrongTypes() {
    #expect(throws: DecodingError.self) { try WireForm.value(LifecycleConfig.self, from: #"{"max_agents":"many"}"#) }
    #expect(throws: DecodingError.self) { try WireForm.value(LifecycleConfig.self, from: #"{"max_agents":1e30}"#) }
    #expect(throws: DecodingError.self) { try WireForm.value(LifecycleConfig.self, from: #"{"max_agents":1.5}"#) }
    #expect(throws: DecodingError.self) {
      try WireForm.value(LifecycleConfig.self, from: #"{"termination_timeout":-1}"#)
    }
    #expect(throws: DecodingError.self) { try WireForm.value(ResourceLimits.self, from: #"{"memory_mb":true}"#) }
  }
}
