/// A container to be made, in the fields that this driver sets (`ContainerCreate` of the API).
struct DockerContainerRequest: Encodable, Hashable, Sendable {
  var image: String
  var entrypoint: [String]
  var command: [String] = []
  var user: String
  var environment: [String] = []
  var workingDirectory: String
  var hostname: String
  var labels: [String: String]
  /// The guest's protocol runs over the standard streams, which are connected once; when the connection ends the
  /// guest reads the end of its input, and ends.
  var opensInput = true
  var closesInputOnce = true
  var attachesInput = true
  var attachesOutput = true
  var attachesErrors = true
  var hasTerminal = false
  var hostConfiguration: HostConfiguration

  private enum CodingKeys: String, CodingKey {
    case image = "Image"
    case entrypoint = "Entrypoint"
    case command = "Cmd"
    case user = "User"
    case environment = "Env"
    case workingDirectory = "WorkingDir"
    case hostname = "Hostname"
    case labels = "Labels"
    case opensInput = "OpenStdin"
    case closesInputOnce = "StdinOnce"
    case attachesInput = "AttachStdin"
    case attachesOutput = "AttachStdout"
    case attachesErrors = "AttachStderr"
    case hasTerminal = "Tty"
    case hostConfiguration = "HostConfig"
  }
}

extension DockerContainerRequest {
  /// What the machine does for the container.
  struct HostConfiguration: Encodable, Hashable, Sendable {
    var runtime: String?
    var networkMode = "none"
    var userNamespaceMode = "host"
    var processNamespaceMode = ""
    var communicationMode = "private"
    var controlGroupMode = "private"
    var hasReadOnlyRoot = true
    var isPrivileged = false
    var droppedCapabilities = ["ALL"]
    var addedCapabilities: [String]
    var securityOptions: [String]
    var maskedPaths: [String]
    var readOnlyPaths: [String]
    var controlGroupParent: String
    var resources: DockerResources
    var outOfMemoryScore: Int
    var resourceLimits: [ResourceLimit]
    var temporaryFiles: [String: String]
    var sharedMemoryBytes: Int
    var mounts: [Mount]
    var restartPolicy = RestartPolicy()
    var logging = Logging()

    private enum CodingKeys: String, CodingKey {
      case runtime = "Runtime"
      case networkMode = "NetworkMode"
      case userNamespaceMode = "UsernsMode"
      case processNamespaceMode = "PidMode"
      case communicationMode = "IpcMode"
      case controlGroupMode = "CgroupnsMode"
      case hasReadOnlyRoot = "ReadonlyRootfs"
      case isPrivileged = "Privileged"
      case droppedCapabilities = "CapDrop"
      case addedCapabilities = "CapAdd"
      case securityOptions = "SecurityOpt"
      case maskedPaths = "MaskedPaths"
      case readOnlyPaths = "ReadonlyPaths"
      case controlGroupParent = "CgroupParent"
      case outOfMemoryScore = "OomScoreAdj"
      case resourceLimits = "Ulimits"
      case temporaryFiles = "Tmpfs"
      case sharedMemoryBytes = "ShmSize"
      case mounts = "Mounts"
      case restartPolicy = "RestartPolicy"
      case logging = "LogConfig"
    }

    func encode(to encoder: any Encoder) throws {
      // The fields of the limits stand beside the others, not in an object of their own.
      try resources.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(runtime, forKey: .runtime)
      try container.encode(networkMode, forKey: .networkMode)
      try container.encode(userNamespaceMode, forKey: .userNamespaceMode)
      try container.encode(processNamespaceMode, forKey: .processNamespaceMode)
      try container.encode(communicationMode, forKey: .communicationMode)
      try container.encode(controlGroupMode, forKey: .controlGroupMode)
      try container.encode(hasReadOnlyRoot, forKey: .hasReadOnlyRoot)
      try container.encode(isPrivileged, forKey: .isPrivileged)
      try container.encode(droppedCapabilities, forKey: .droppedCapabilities)
      try container.encode(addedCapabilities, forKey: .addedCapabilities)
      try container.encode(securityOptions, forKey: .securityOptions)
      try container.encode(maskedPaths, forKey: .maskedPaths)
      try container.encode(readOnlyPaths, forKey: .readOnlyPaths)
      try container.encode(controlGroupParent, forKey: .controlGroupParent)
      try container.encode(outOfMemoryScore, forKey: .outOfMemoryScore)
      try container.encode(resourceLimits, forKey: .resourceLimits)
      try container.encode(temporaryFiles, forKey: .temporaryFiles)
      try container.encode(sharedMemoryBytes, forKey: .sharedMemoryBytes)
      try container.encode(mounts, forKey: .mounts)
      try container.encode(restartPolicy, forKey: .restartPolicy)
      try container.encode(logging, forKey: .logging)
    }
  }

  /// A limit of the kernel for each process.
  struct ResourceLimit: Encodable, Hashable, Sendable {
    var name: String
    var soft: Int
    var hard: Int

    private enum CodingKeys: String, CodingKey {
      case name = "Name"
      case soft = "Soft"
      case hard = "Hard"
    }
  }

  /// A file or a directory of the machine that the container sees.
  struct Mount: Encodable, Hashable, Sendable {
    struct Options: Encodable, Hashable, Sendable {
      var propagation = "rprivate"
      /// Leaves out what is mounted below: a read-only mount would leave those writable on many kernels.
      var isNotRecursive: Bool

      private enum CodingKeys: String, CodingKey {
        case propagation = "Propagation"
        case isNotRecursive = "NonRecursive"
      }
    }

    var type = "bind"
    var source: String
    var target: String
    var isReadOnly: Bool
    var options: Options

    private enum CodingKeys: String, CodingKey {
      case type = "Type"
      case source = "Source"
      case target = "Target"
      case isReadOnly = "ReadOnly"
      case options = "BindOptions"
    }

    /// A mount of a path of the machine at the same or another path.
    init(_ source: String, at target: String? = nil, isReadOnly: Bool) {
      self.source = source
      self.target = target ?? source
      self.isReadOnly = isReadOnly
      options = Options(isNotRecursive: isReadOnly)
    }
  }

  /// A container that ended stays ended.
  struct RestartPolicy: Encodable, Hashable, Sendable {
    var name = "no"

    private enum CodingKeys: String, CodingKey {
      case name = "Name"
    }
  }

  /// The engine keeps no copy of the streams.
  struct Logging: Encodable, Hashable, Sendable {
    var type = "none"

    private enum CodingKeys: String, CodingKey {
      case type = "Type"
    }
  }
}
