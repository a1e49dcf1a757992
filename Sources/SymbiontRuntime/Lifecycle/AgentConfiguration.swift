internal import FoundationEssentials
internal import SymbiontCore
internal import SymbiontStore
internal import Synchronization

/// The stored form of an agent's configuration: JSON without what has a column of its own, and without the source, which is
/// kept once for all that share it.
enum AgentConfiguration {
  /// The last configuration that was encoded: agents are mostly made in numbers of the same.
  private static let last = Mutex<(configuration: AgentConfig, bytes: [UInt8])?>(nil)

  static func encode(_ configuration: AgentConfig) throws(LifecycleError) -> [UInt8] {
    var bare = configuration
    bare.id = AgentID(value: UniqueValue(high: 0, low: 0))
    bare.name = "-"
    bare.dslSource = ""
    let known = bare
    if let bytes = last.withLock({ $0?.configuration == known ? $0?.bytes : nil }) { return bytes }
    do {
      let bytes = Array(try JSONEncoder().encode(bare))
      last.withLock { $0 = (known, bytes) }
      return bytes
    } catch {
      throw .configurationInvalid(reason: "it has no JSON form: \(error)")
    }
  }

  static func decode(_ row: AgentRow, source: String) throws(LifecycleError) -> AgentConfig {
    do {
      var configuration = try JSONDecoder().decode(AgentConfig.self, from: Data(row.configuration))
      configuration.id = row.id
      configuration.name = row.name
      configuration.dslSource = source
      return configuration
    } catch {
      throw .storeFailed(reason: "the configuration of agent `\(row.id)` cannot be read: \(error)")
    }
  }

  /// What of a configuration confines an agent's commands.
  struct Confinement: Decodable {
    var limits = ResourceLimits()
    /// The strongest, unless the configuration says otherwise: what cannot be read must not weaken anything.
    var tier = SecurityTier.tier3

    enum CodingKeys: String, CodingKey {
      case limits = "resource_limits"
      case tier = "security_tier"
    }
  }

  /// The limits and the tier alone; the default limits and the strongest tier when they cannot be read.
  static func confinement(_ row: AgentRow) -> Confinement {
    (try? JSONDecoder().decode(Confinement.self, from: Data(row.configuration))) ?? Confinement()
  }
}
