/// What the engine says of its version, in the fields that matter here.
struct DockerVersionAnswer: Decodable, Hashable {
  var version: String
  var newest: String
  var oldest: String?

  private enum CodingKeys: String, CodingKey {
    case version = "Version"
    case newest = "ApiVersion"
    case oldest = "MinAPIVersion"
  }
}

/// What the engine says of itself and its machine, in the fields that matter here.
struct DockerInformation: Decodable, Hashable, Sendable {
  struct Runtime: Decodable, Hashable, Sendable {
    var path: String?
    var arguments: [String]?

    private enum CodingKeys: String, CodingKey {
      case path
      case arguments = "runtimeArgs"
    }
  }

  var operatingSystemType: String?
  var kernelVersion: String?
  var cgroupDriver: String?
  var cgroupVersion: String?
  var limitsMemory: Bool?
  var limitsSwap: Bool?
  var hasProcessorPeriod: Bool?
  var hasProcessorQuota: Bool?
  var limitsProcesses: Bool?
  var securityOptions: [String]?
  var runtimes: [String: Runtime]?

  private enum CodingKeys: String, CodingKey {
    case operatingSystemType = "OSType"
    case kernelVersion = "KernelVersion"
    case cgroupDriver = "CgroupDriver"
    case cgroupVersion = "CgroupVersion"
    case limitsMemory = "MemoryLimit"
    case limitsSwap = "SwapLimit"
    case hasProcessorPeriod = "CpuCfsPeriod"
    case hasProcessorQuota = "CpuCfsQuota"
    case limitsProcesses = "PidsLimit"
    case securityOptions = "SecurityOptions"
    case runtimes = "Runtimes"
  }

  /// Whether the engine has a security feature, such as `seccomp`.
  func hasSecurityOption(_ name: String) -> Bool {
    (securityOptions ?? []).contains { $0.split(separator: ",").contains { $0 == "name=\(name)" } }
  }
}

/// A container that was made.
struct DockerCreatedContainer: Decodable, Hashable {
  var containerID: String
  var warnings: [String]?

  private enum CodingKeys: String, CodingKey {
    case containerID = "Id"
    case warnings = "Warnings"
  }
}

/// A container in a list.
struct DockerListedContainer: Decodable, Hashable {
  var containerID: String
  var labels: [String: String]?

  private enum CodingKeys: String, CodingKey {
    case containerID = "Id"
    case labels = "Labels"
  }
}

/// What is known of one container.
struct DockerInspectedContainer: Decodable, Hashable {
  struct State: Decodable, Hashable {
    var status: String?
    var wasOutOfMemory: Bool?
    var exitCode: Int?
    var error: String?

    private enum CodingKeys: String, CodingKey {
      case status = "Status"
      case wasOutOfMemory = "OOMKilled"
      case exitCode = "ExitCode"
      case error = "Error"
    }
  }

  var state: State

  private enum CodingKeys: String, CodingKey {
    case state = "State"
  }
}

/// How waiting for a container ended.
struct DockerWaitAnswer: Decodable, Hashable {
  struct Failure: Decodable, Hashable {
    var message: String?

    private enum CodingKeys: String, CodingKey {
      case message = "Message"
    }
  }

  var statusCode: Int
  var error: Failure?

  private enum CodingKeys: String, CodingKey {
    case statusCode = "StatusCode"
    case error = "Error"
  }
}

/// One line of the progress of an import.
struct DockerProgressLine: Decodable, Hashable {
  var status: String?
  var error: String?
}
