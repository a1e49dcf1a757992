/// The configuration of the scheduler (specification, "Scheduler").
public struct SchedulerConfig: Sendable, Hashable {
  /// How many tasks are executed at once.
  public var maxConcurrentTasks: Int
  /// How long an attempt may take, for tasks that do not say.
  @WireSeconds public var taskTimeout: Duration
  /// How many times a failed task is repeated.
  public var retryAttempts: Int
  /// How the worker of a task is chosen.
  public var loadBalancingStrategy: LoadBalancingStrategy
  /// Whether urgent tasks go before others; without, only time decides.
  public var isPrioritySchedulingEnabled: Bool
  /// How many tasks may wait; more are refused.
  public var taskQueueSize: Int
  /// How many workers execute tasks.
  public var workerThreads: Int
  /// How often workers are checked.
  @WireSeconds public var healthCheckInterval: Duration

  /// Makes a configuration; what is not given has its default.
  public init(
    maxConcurrentTasks: Int = 64,
    taskTimeout: Duration = .seconds(3_600),
    retryAttempts: Int = 3,
    loadBalancingStrategy: LoadBalancingStrategy = .leastConnections,
    isPrioritySchedulingEnabled: Bool = true,
    taskQueueSize: Int = 10_000,
    workerThreads: Int = 4,
    healthCheckInterval: Duration = .seconds(10)
  ) {
    self.maxConcurrentTasks = maxConcurrentTasks
    self.taskTimeout = taskTimeout
    self.retryAttempts = retryAttempts
    self.loadBalancingStrategy = loadBalancingStrategy
    self.isPrioritySchedulingEnabled = isPrioritySchedulingEnabled
    self.taskQueueSize = taskQueueSize
    self.workerThreads = workerThreads
    self.healthCheckInterval = healthCheckInterval
  }
}

extension SchedulerConfig: Codable {
  private enum CodingKeys: String, CodingKey {
    case maxConcurrentTasks = "max_concurrent_tasks"
    case taskTimeout = "task_timeout"
    case retryAttempts = "retry_attempts"
    case loadBalancingStrategy = "load_balancing_strategy"
    case isPrioritySchedulingEnabled = "enable_priority_scheduling"
    case taskQueueSize = "task_queue_size"
    case workerThreads = "worker_threads"
    case healthCheckInterval = "health_check_interval"
  }

  /// Reads a configuration; a missing field has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let defaults = SchedulerConfig()
    self.init(
      maxConcurrentTasks: try container.value(.maxConcurrentTasks, default: defaults.maxConcurrentTasks),
      taskTimeout: try container.seconds(.taskTimeout, default: defaults.taskTimeout),
      retryAttempts: try container.value(.retryAttempts, default: defaults.retryAttempts),
      loadBalancingStrategy: try container.value(.loadBalancingStrategy, default: defaults.loadBalancingStrategy),
      isPrioritySchedulingEnabled: try container.value(
        .isPrioritySchedulingEnabled, default: defaults.isPrioritySchedulingEnabled),
      taskQueueSize: try container.value(.taskQueueSize, default: defaults.taskQueueSize),
      workerThreads: try container.value(.workerThreads, default: defaults.workerThreads),
      healthCheckInterval: try container.seconds(.healthCheckInterval, default: defaults.healthCheckInterval))
  }
}
