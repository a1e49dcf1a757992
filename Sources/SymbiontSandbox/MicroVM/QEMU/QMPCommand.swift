import FoundationEssentials

/// A command for QEMU.
package struct QMPCommand: Sendable, Hashable {
  /// A value of JSON, as far as commands need it.
  package enum Value: Sendable, Hashable, Encodable {
    case text(String)
    case number(Int)
    case truth(Bool)
    case list([Value])
    case object([String: Value])

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let value): try container.encode(value)
      case .number(let value): try container.encode(value)
      case .truth(let value): try container.encode(value)
      case .list(let value): try container.encode(value)
      case .object(let value): try container.encode(value)
      }
    }
  }

  /// Its name.
  package let name: String
  /// Its arguments.
  package let arguments: [String: Value]

  package init(_ name: String, _ arguments: [String: Value] = [:]) {
    self.name = name
    self.arguments = arguments
  }

  /// The line to send, with its end.
  package func encoded(id: Int) -> [UInt8] {
    var object: [String: Value] = ["execute": .text(name), "id": .number(id)]
    if !arguments.isEmpty { object["arguments"] = .object(arguments) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Text, whole numbers and their collections can always be encoded.
    let data = (try? encoder.encode(Value.object(object))) ?? Data()
    return Array(data) + [UInt8(ascii: "\n")]
  }
}

extension QMPCommand {
  /// Ends the negotiation that every connection begins with.
  static let capabilities = QMPCommand("qmp_capabilities")
  /// Stops the processors of the machine.
  static let stop = QMPCommand("stop")
  /// Lets the processors of the machine run.
  static let resume = QMPCommand("cont")
  /// Ends QEMU.
  static let quit = QMPCommand("quit")

  /// Asks which disks there are, and how fast each may be.
  static let disks = QMPCommand("query-block")

  /// Gives a name to the descriptor that is sent with it.
  static func takeDescriptor(_ name: String) -> QMPCommand { QMPCommand("getfd", ["fdname": .text(name)]) }

  /// Turns capabilities of migration on: `events` tells of every step, and `x-ignore-shared` leaves out memory that is a
  /// file anyway.
  static func migrationCapabilities(_ states: [String: Bool]) -> QMPCommand {
    let list = states.sorted { $0.key < $1.key }.map { name, state in
      Value.object(["capability": .text(name), "state": .truth(state)])
    }
    return QMPCommand("migrate-set-capabilities", ["capabilities": .list(list)])
  }

  /// Takes away the bound on how fast a machine's state is sent.
  static func migrationBandwidth(bytesPerSecond: Int) -> QMPCommand {
    QMPCommand("migrate-set-parameters", ["max-bandwidth": .number(bytesPerSecond)])
  }

  /// Sends the state of the machine to a descriptor.
  static func send(to descriptor: String) -> QMPCommand { QMPCommand("migrate", ["uri": .text("fd:\(descriptor)")]) }

  /// Takes the state of a machine from a descriptor.
  static func receive(from descriptor: String) -> QMPCommand {
    QMPCommand("migrate-incoming", ["uri": .text("fd:\(descriptor)")])
  }

  /// Tells a machine the size of a disk that was exchanged while it did not run.
  static func resize(_ drive: String, bytes: Int) -> QMPCommand {
    QMPCommand("block_resize", ["device": .text(drive), "size": .number(bytes)])
  }

  /// Bounds how fast a disk, and those of its group, are read and written together; 0 is no bound.
  static func throttle(_ drive: String, group: String, bytesPerSecond: Int) -> QMPCommand {
    QMPCommand(
      "block_set_io_throttle",
      [
        "device": .text(drive), "group": .text(group), "bps": .number(bytesPerSecond), "bps_rd": .number(0),
        "bps_wr": .number(0),
        "iops": .number(0), "iops_rd": .number(0), "iops_wr": .number(0),
      ])
  }
}
