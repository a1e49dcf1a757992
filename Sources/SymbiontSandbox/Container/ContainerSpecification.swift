/// The part of an OCI runtime configuration (`config.json`, runtime specification 1.0.2) that this driver writes.
struct ContainerSpecification: Encodable {
  struct Root: Encodable {
    var path: String
    var readonly: Bool
  }

  struct Mount: Encodable {
    var destination: String
    var type: String
    var source: String
    var options: [String]
  }

  var ociVersion = "1.0.2"
  var process: Process
  var root: Root
  var hostname: String
  var mounts: [Mount]
  var linux: Linux
}

extension ContainerSpecification {
  struct Process: Encodable {
    struct User: Encodable {
      var uid: UInt32
      var gid: UInt32
    }

    struct ResourceLimit: Encodable {
      var type: String
      var soft: UInt64
      var hard: UInt64
    }

    /// A command has none; the first process of a sandbox has a few.
    struct Capabilities: Encodable {
      var bounding: [String] = []
      var effective: [String] = []
      var permitted: [String] = []
      var inheritable: [String] = []
      var ambient: [String] = []
    }

    var terminal = false
    var user: User
    var args: [String]
    var env: [String]
    var cwd: String
    var noNewPrivileges = true
    var capabilities = Capabilities()
    var oomScoreAdj: Int
    var rlimits: [ResourceLimit]
  }
}
