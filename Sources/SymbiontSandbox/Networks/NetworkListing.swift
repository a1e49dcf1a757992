import FoundationEssentials
import SymbiontCore

/// What `nft -j list` prints, as far as it is needed.
struct NetworkListing: Sendable {
  private let entries: [Node]

  /// A JSON value; what is neither of these is left out.
  private indirect enum Node: Sendable, Decodable {
    case number(UInt64)
    case text(String)
    case list([Node])
    case object([String: Node])
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(UInt64.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Node].self) {
        self = .list(value)
      } else if let value = try? container.decode([String: Node].self) {
        self = .object(value)
      } else {
        self = .other
      }
    }

    subscript(key: String) -> Node? {
      guard case .object(let members) = self else { return nil }
      return members[key]
    }

    var text: String? {
      guard case .text(let text) = self else { return nil }
      return text
    }
    var number: UInt64? {
      guard case .number(let number) = self else { return nil }
      return number
    }
    var list: [Node] {
      guard case .list(let list) = self else { return [] }
      return list
    }
  }

  /// Reads what the program printed.
  init(_ text: String) throws(SandboxError) {
    guard let root = try? JSONDecoder().decode(Node.self, from: Data(text.utf8)), let entries = root["nftables"] else {
      throw .engineFailed(
        engine: "nft", reason: "its listing is not the JSON of version 1: it has \(text.utf8.count) bytes")
    }
    self.entries = entries.list
  }

  private func elements(ofSet name: String) -> [Node] {
    entries.compactMap { $0["set"] }.first { $0["name"]?.text == name }?["elem"]?.list ?? []
  }

  /// The elements of a set of names.
  func names(inSet name: String) -> [String] { elements(ofSet: name).compactMap(\.text) }

  /// What becomes of packets that no rule of a chain decides on.
  func policy(ofChain name: String) -> String? {
    entries.compactMap { $0["chain"] }.first { $0["name"]?.text == name }?["policy"]?.text
  }

  /// The packets that a counter counted.
  func packets(ofCounter name: String) -> UInt64 {
    entries.compactMap { $0["counter"] }.first { $0["name"]?.text == name }?["packets"]?.number ?? 0
  }

  /// The refused destinations that a set remembers.
  func refusals(inSet name: String) -> [NetworkRefusal] {
    elements(ofSet: name).compactMap { element in
      guard let element = element["elem"], let parts = element["val"]?["concat"]?.list, parts.count == 3,
        let address = parts[0].text, let transport = parts[1].text ?? parts[1].number.map(String.init),
        let port = parts[2].number.flatMap(UInt16.init(exactly:))
      else { return nil }
      return NetworkRefusal(
        address: address, port: port, transport: transport, packets: element["counter"]?["packets"]?.number ?? 0)
    }
  }
}
