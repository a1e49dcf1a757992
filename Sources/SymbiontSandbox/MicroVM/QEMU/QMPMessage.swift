import FoundationEssentials

/// What QEMU sends over its control connection: a line of JSON each (QEMU Machine Protocol).
package enum QMPMessage: Sendable, Hashable {
  /// The first line, with the version of QEMU.
  case greeting(version: String)
  /// A command was carried out.
  case success(id: Int)
  /// The command that asks for the disks was carried out.
  case disks(id: Int, [QMPDisk])
  /// A command was refused.
  case failure(id: Int?, reason: String)
  /// Something happened.
  case event(QMPEvent)
  /// A line of a kind that is not known here, which is passed over.
  case unrecognized

  /// Reads one line, without its end; nil when it is not an object of JSON.
  package init?(line: some Sequence<UInt8>) {
    guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(line)) else { return nil }
    if let version = wire.greeting?.version.qemu {
      self = .greeting(version: "\(version.major).\(version.minor).\(version.micro)")
    } else if let name = wire.event {
      self = .event(QMPEvent(name: name, data: wire.data))
    } else if let error = wire.error {
      self = .failure(id: wire.id, reason: error.description)
    } else if let id = wire.id, let disks = wire.disks, !disks.isEmpty {
      self = .disks(id: id, disks)
    } else if let id = wire.id, wire.hasResult {
      self = .success(id: id)
    } else {
      self = .unrecognized
    }
  }

  private struct Wire: Decodable {
    struct Greeting: Decodable {
      struct Version: Decodable {
        struct Number: Decodable {
          var major: Int
          var minor: Int
          var micro: Int
        }
        var qemu: Number
      }
      var version: Version
    }
    struct Failure: Decodable {
      var description: String
      private enum CodingKeys: String, CodingKey { case description = "desc" }
    }

    var greeting: Greeting?
    var event: String?
    var data: QMPEvent.Details?
    var error: Failure?
    var id: Int?
    var disks: [QMPDisk]?
    var hasResult: Bool

    private enum CodingKeys: String, CodingKey {
      case greeting = "QMP"
      case result = "return"
      case event, data, error, id
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      greeting = try container.decodeIfPresent(Greeting.self, forKey: .greeting)
      event = try container.decodeIfPresent(String.self, forKey: .event)
      // Events have details of many forms; those that are not of interest here need not be readable.
      data = try? container.decodeIfPresent(QMPEvent.Details.self, forKey: .data)
      error = try container.decodeIfPresent(Failure.self, forKey: .error)
      id = try? container.decodeIfPresent(Int.self, forKey: .id)
      hasResult = container.contains(.result)
      // Most commands are answered with something else.
      disks = try? container.decodeIfPresent([QMPDisk].self, forKey: .result)
    }
  }
}

/// A disk of a machine, as QEMU tells of it.
package struct QMPDisk: Sendable, Hashable, Decodable {
  /// What is in it.
  package struct Medium: Sendable, Hashable, Decodable {
    /// The bound on reading and writing together, in bytes a second; 0 is none.
    package var bytesPerSecond: Int
    private enum CodingKeys: String, CodingKey { case bytesPerSecond = "bps" }
  }

  /// Its name.
  package var name: String
  /// What is in it; nil when it is empty.
  package var medium: Medium?

  private enum CodingKeys: String, CodingKey {
    case name = "device"
    case medium = "inserted"
  }
}

/// Something that happened in a machine.
package struct QMPEvent: Sendable, Hashable {
  /// The details that are of interest here.
  package struct Details: Sendable, Hashable, Decodable {
    package var status: String?
    package var reason: String?
    package var id: String?
    package var open: Bool?

    package init(status: String? = nil, reason: String? = nil, id: String? = nil, open: Bool? = nil) {
      self.status = status
      self.reason = reason
      self.id = id
      self.open = open
    }
  }

  /// Its name, such as `STOP`.
  package var name: String
  /// Its details, if it has any.
  package var data: Details?

  package init(name: String, data: Details? = nil) {
    self.name = name
    self.data = data
  }
}
