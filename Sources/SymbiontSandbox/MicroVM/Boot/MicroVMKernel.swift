import FoundationEssentials
import Glibc
import SymbiontCore

/// The kernel that microVMs run, as `scripts/microvm-kernel` leaves it: `vmlinuz`, `version`, and `modules/NAME.ko`.
struct MicroVMKernel: Sendable, Hashable {
  /// The environment variable that names another directory.
  static let environmentVariable = "SYMBIONT_MICROVM"
  private static let defaultDirectory = "/var/lib/symbiont/microvm"
  private static let maximumVersionBytes = 256

  /// The file of the kernel.
  let imagePath: String
  /// What it calls itself.
  let version: String
  private let modulesDirectory: String

  /// Finds the kernel in a directory; nil for where the environment says, or where the script puts it.
  init(directory given: String? = nil) throws(SandboxError) {
    let directory = given ?? getenv(Self.environmentVariable).map { String(cString: $0) } ?? Self.defaultDirectory
    imagePath = "\(directory)/vmlinuz"
    modulesDirectory = "\(directory)/modules"
    guard access(imagePath, R_OK) == 0, let data = FileManager.default.contents(atPath: "\(directory)/version") else {
      throw .engineMissing(
        engine: "microVM kernel",
        hint: """
          looked for `\(imagePath)` and `\(directory)/version`: run `scripts/microvm-kernel`, or set \
          `\(Self.environmentVariable)` to the directory of a kernel
          """)
    }
    version =
      String(decoding: data.prefix(Self.maximumVersionBytes), as: UTF8.self)
      .split(whereSeparator: \.isNewline).first.map(String.init) ?? "unknown"
  }

  /// The modules that are there.
  func modules() -> [KernelModule] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: modulesDirectory)) ?? []
    return names.sorted().filter { $0.hasSuffix(".ko") }.compactMap { file in
      guard let data = FileManager.default.contents(atPath: "\(modulesDirectory)/\(file)") else { return nil }
      return KernelModule(name: String(file.dropLast(3)), bytes: Array(data))
    }
  }
}
