/// The declarative blocks of a file, as plain data for the components that use them.
public struct Declarations: Sendable, Hashable {
  /// A named block: `schedule nightly { cron: "…" }`.
  ///
  /// Nested blocks (`search { }`) are records.
  public struct Block: Sendable, Hashable {
    /// The name.
    public var name: String
    /// Its entries in order.
    public var settings: Record
    /// The rules of a nested `policy`, for channels.
    public var policies: [PolicyRuleDescriptor]

    /// Makes a block.
    public init(name: String, settings: Record, policies: [PolicyRuleDescriptor] = []) {
      self.name = name
      self.settings = settings
      self.policies = policies
    }
  }

  /// All `metadata` blocks, merged.
  public var metadata: Record
  /// `schedule` blocks.
  public var schedules: [Block]
  /// `channel` blocks.
  public var channels: [Block]
  /// `memory` blocks.
  public var memories: [Block]
  /// `webhook` blocks.
  public var webhooks: [Block]

  /// Makes declarations.
  public init(
    metadata: Record = Record(), schedules: [Block] = [], channels: [Block] = [], memories: [Block] = [],
    webhooks: [Block] = []
  ) {
    self.metadata = metadata
    self.schedules = schedules
    self.channels = channels
    self.memories = memories
    self.webhooks = webhooks
  }
}
