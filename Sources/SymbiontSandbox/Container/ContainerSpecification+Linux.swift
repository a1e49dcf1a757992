extension ContainerSpecification {
  struct Linux: Encodable {
    struct Namespace: Encodable {
      var type: String
      /// The namespace to join; nil for a new one.
      var path: String?
    }

    struct IDMapping: Encodable {
      var containerID: UInt32
      var hostID: UInt32
      var size: UInt32
    }

    var cgroupsPath: String
    var resources: Resources
    var namespaces: [Namespace]
    var uidMappings: [IDMapping]
    var gidMappings: [IDMapping]
    var seccomp: SeccompProfile
    var maskedPaths: [String]
    var readonlyPaths: [String]
  }

  struct Resources: Encodable {
    struct DeviceRule: Encodable {
      var allow: Bool
      var access: String
    }

    struct Memory: Encodable {
      var limit: Int
      /// Memory and swap together, so a value equal to `limit` means no swap.
      var swap: Int
    }

    struct Processor: Encodable {
      /// Microseconds of processor time in each period.
      var quota: Int
      /// Microseconds.
      var period: Int
    }

    struct Processes: Encodable {
      var limit: Int
    }

    var devices: [DeviceRule]
    /// What is nil is limited by the control group itself, which was made before.
    var memory: Memory?
    var cpu: Processor?
    var pids: Processes?
  }
}
