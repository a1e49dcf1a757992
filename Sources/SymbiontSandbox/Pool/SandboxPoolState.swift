public import SymbiontCore

/// What all sandboxes of one pool have in common: whoever claims one of them gets what it would have made.
public struct SandboxPoolKey: Sendable, Hashable {
  /// How strong its isolation is.
  public var tier: SecurityTier
  /// Its limits.
  public var limits: ResourceLimits
  /// Which files it sees.
  public var files: FilesystemConfig
  /// What it is made of besides.
  public var options: SandboxOptions

  /// The pool for a configuration; nil when its sandboxes cannot wait: only those without a network can.
  init?(_ config: SandboxConfig, _ options: SandboxOptions) {
    guard config.networkConfig.mode == .none, options.workspaceDirectory == nil else { return nil }
    tier = config.securityTier
    limits = config.resourceLimits
    files = config.filesystemConfig
    self.options = options
  }
}

/// Which sandboxes wait for an agent, and which are to be made.
///
/// It only decides. A sandbox that was claimed is forgotten here, so nobody else ever gets it.
struct SandboxPoolState: Sendable {
  /// What is to be done.
  enum Action: Sendable, Hashable {
    /// Make a sandbox for a pool, and report with ``made(_:_:)`` or ``failed(_:at:)``.
    case make(SandboxPoolKey)
    /// Destroy a sandbox that is no longer wanted.
    case destroy(SandboxID)
  }

  private struct Pool: Sendable {
    var size: Int
    var waiting: [SandboxID] = []
    var underWay = 0
    var failures = 0
    /// Nothing is made before.
    var notBefore: Timestamp?
  }

  /// How many sandboxes wait at most, in all pools together.
  static let maximumTotal = 256
  /// How many are made at the same time, so that they do not hold up those that somebody waits for.
  static let maximumUnderWay = 2
  private static let firstPause = Duration.milliseconds(500)
  private static let longestPause = Duration.seconds(60)

  private var pools: [SandboxPoolKey: Pool] = [:]
  private(set) var isDrained = false

  init() {}

  /// The sandboxes that wait in a pool.
  func waiting(_ key: SandboxPoolKey) -> [SandboxID] { pools[key]?.waiting ?? [] }
  /// The sum of all that wait or are being made.
  var total: Int { pools.values.reduce(0) { $0 + $1.waiting.count + $1.underWay } }

  /// Asks for so many sandboxes to wait; none for 0.
  mutating func want(_ size: Int, of key: SandboxPoolKey, at time: Timestamp) -> [Action] {
    guard !isDrained else { return [] }
    var pool = pools[key] ?? Pool(size: 0)
    pool.size = min(max(0, size), Self.maximumTotal)
    let surplus = pool.waiting.dropFirst(pool.size)
    pool.waiting = Array(pool.waiting.prefix(pool.size))
    pools[key] = pool.size == 0 && pool.underWay == 0 ? nil : pool
    return surplus.map { .destroy($0) } + refill(at: time)
  }

  /// Takes a sandbox out of a pool; nil when none waits.
  mutating func claim(_ key: SandboxPoolKey, at time: Timestamp) -> (claimed: SandboxID?, actions: [Action]) {
    guard var pool = pools[key], !pool.waiting.isEmpty else { return (nil, refill(at: time)) }
    let claimed = pool.waiting.removeFirst()
    pools[key] = pool
    return (claimed, refill(at: time))
  }

  /// A sandbox is ready to be claimed.
  mutating func made(_ sandboxID: SandboxID, _ key: SandboxPoolKey, at time: Timestamp) -> [Action] {
    guard var pool = pools[key] else { return [.destroy(sandboxID)] }
    pool.underWay -= 1
    (pool.failures, pool.notBefore) = (0, nil)
    let isWanted = !isDrained && pool.waiting.count < pool.size
    if isWanted { pool.waiting.append(sandboxID) }
    pools[key] = pool.size == 0 && pool.underWay == 0 ? nil : pool
    return (isWanted ? [] : [.destroy(sandboxID)]) + refill(at: time)
  }

  /// A sandbox could not be made: the next attempt is later, and later each time.
  ///
  /// - Returns: When to call ``refill(at:)``; nil when nothing is wanted any more.
  mutating func failed(_ key: SandboxPoolKey, at time: Timestamp) -> Timestamp? {
    guard var pool = pools[key] else { return nil }
    pool.underWay -= 1
    pool.failures += 1
    let pause = min(Self.firstPause * (1 << min(pool.failures - 1, 16)), Self.longestPause)
    pool.notBefore = time + pause
    pools[key] = pool.size == 0 && pool.underWay == 0 ? nil : pool
    return isDrained || pool.size == 0 ? nil : pool.notBefore
  }

  /// A sandbox that waited has ended by itself; false when it did not wait.
  mutating func lost(_ sandboxID: SandboxID) -> Bool {
    for (key, pool) in pools where pool.waiting.contains(sandboxID) {
      pools[key]?.waiting.removeAll { $0 == sandboxID }
      return true
    }
    return false
  }

  /// What is to be made now.
  mutating func refill(at time: Timestamp) -> [Action] {
    guard !isDrained else { return [] }
    var actions: [Action] = []
    var (total, underWay) = (total, pools.values.reduce(0) { $0 + $1.underWay })
    // The emptiest pool first.
    while underWay < Self.maximumUnderWay, total < Self.maximumTotal {
      let needy = pools.filter { _, pool in
        pool.waiting.count + pool.underWay < pool.size && pool.notBefore.map { $0 <= time } ?? true
      }
      guard let key = needy.max(by: { Self.lack($0.value) < Self.lack($1.value) })?.key else { break }
      pools[key]?.underWay += 1
      underWay += 1
      total += 1
      actions.append(.make(key))
    }
    return actions
  }

  private static func lack(_ pool: Pool) -> Int { pool.size - pool.waiting.count - pool.underWay }

  /// Ends all pools; those that wait are to be destroyed.
  mutating func drain() -> [SandboxID] {
    isDrained = true
    let waiting = pools.values.flatMap(\.waiting)
    for key in pools.keys { pools[key]?.waiting = [] }
    return waiting
  }
}
