internal import FoundationEssentials
internal import SymbiontCore
internal import SymbiontStore

/// The stored form of an agent's configuration: JSON without the source, which is kept once for all that share it.
enum AgentConfiguration {
  static func encode(_ configuration: AgentConfig) throws(LifecycleError) -> [UInt8] {
    var bare = configuration
    bare.dslSource = ""
    do { return Array(try JSONEncoder().encode(bare)) } catch {
      throw .configurationInvalid(reason: "it has no JSON form: \(error)")
    }
  }

  static func decode(_ row: AgentRow, source: String) throws(LifecycleError) -> AgentConfig {
    do {
      var configuration = try JSONDecoder().decode(AgentConfig.self, from: Data(row.configuration))
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
