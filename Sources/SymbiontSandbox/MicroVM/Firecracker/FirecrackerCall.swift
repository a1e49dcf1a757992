import FoundationEssentials
import NIOHTTP1

/// A call of Firecracker's interface (its API document, version 1).
struct FirecrackerCall: Sendable, Hashable {
  /// The verb.
  var method: HTTPMethod
  /// The path.
  var path: String
  /// The body, as JSON with sorted names.
  var body: [UInt8]

  private init(_ method: HTTPMethod, _ path: String, _ body: some Encodable) {
    self.method = method
    self.path = path
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Text, whole numbers and truth values can always be encoded.
    self.body = Array((try? encoder.encode(body)) ?? Data())
  }

  static func == (left: FirecrackerCall, right: FirecrackerCall) -> Bool {
    left.method == right.method && left.path == right.path && left.body == right.body
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(method.rawValue)
    hasher.combine(path)
    hasher.combine(body)
  }
}

extension FirecrackerCall {
  private struct Machine: Encodable {
    var mem_size_mib: Int
    var vcpu_count: Int
    var smt = false
  }
  private struct Boot: Encodable {
    var kernel_image_path: String
    var initrd_path: String
    var boot_args: String
  }
  private struct Drive: Encodable {
    struct Limiter: Encodable {
      struct Bucket: Encodable {
        var size: Int
        var refill_time = 1_000
      }
      var bandwidth: Bucket
    }
    var drive_id: String
    var path_on_host: String
    var is_root_device = false
    var is_read_only: Bool
    var rate_limiter: Limiter?
  }
  private struct Socket: Encodable {
    var guest_cid: Int
    var uds_path: String
  }
  private struct Action: Encodable { var action_type: String }
  private struct State: Encodable { var state: String }
  private struct Save: Encodable {
    var snapshot_type = "Full"
    var snapshot_path: String
    var mem_file_path: String
  }
  private struct Load: Encodable {
    struct Memory: Encodable {
      var backend_type = "File"
      var backend_path: String
    }
    var snapshot_path: String
    var mem_backend: Memory
    var resume_vm: Bool
  }

  /// The size of the machine.
  static func machine(memoryMegabytes: Int, processors: Int) -> FirecrackerCall {
    FirecrackerCall(.PUT, "/machine-config", Machine(mem_size_mib: memoryMegabytes, vcpu_count: processors))
  }

  /// What it starts with.
  static func boot(kernelPath: String, initialFilesPath: String, commandLine: String) -> FirecrackerCall {
    FirecrackerCall(
      .PUT, "/boot-source",
      Boot(kernel_image_path: kernelPath, initrd_path: initialFilesPath, boot_args: commandLine))
  }

  /// One of its disks; a rate of 0 is no bound.
  static func drive(_ name: String, path: String, isReadOnly: Bool, bytesPerSecond: Int) -> FirecrackerCall {
    let limiter = bytesPerSecond > 0 ? Drive.Limiter(bandwidth: Drive.Limiter.Bucket(size: bytesPerSecond)) : nil
    return FirecrackerCall(
      .PUT, "/drives/\(name)",
      Drive(drive_id: name, path_on_host: path, is_read_only: isReadOnly, rate_limiter: limiter))
  }

  /// The channel to its guest.
  static func channel(contextID: Int, socketPath: String) -> FirecrackerCall {
    FirecrackerCall(.PUT, "/vsock", Socket(guest_cid: contextID, uds_path: socketPath))
  }

  /// Starts it.
  static let start = FirecrackerCall(.PUT, "/actions", Action(action_type: "InstanceStart"))
  /// Stops its processors.
  static let pause = FirecrackerCall(.PATCH, "/vm", State(state: "Paused"))
  /// Lets its processors run.
  static let resume = FirecrackerCall(.PATCH, "/vm", State(state: "Resumed"))

  /// Saves it while it is paused.
  static func save(statePath: String, memoryPath: String) -> FirecrackerCall {
    FirecrackerCall(.PUT, "/snapshot/create", Save(snapshot_path: statePath, mem_file_path: memoryPath))
  }

  /// Goes on from what was saved; it stays paused.
  static func load(statePath: String, memoryPath: String) -> FirecrackerCall {
    FirecrackerCall(
      .PUT, "/snapshot/load",
      Load(snapshot_path: statePath, mem_backend: Load.Memory(backend_path: memoryPath), resume_vm: false))
  }
}
