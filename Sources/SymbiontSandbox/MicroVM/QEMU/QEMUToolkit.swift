import Crypto
import FoundationEssentials
import Glibc
import SymbiontCore
import SymbiontResources
import SymbiontSystem

/// What must be there before a machine can be made, found and prepared once.
struct QEMUToolkit: Sendable {
  /// The program and what it says its version is.
  let program: String
  let version: String
  let kernel: MicroVMKernel
  /// The archive that the kernel unpacks at its start.
  let initialFilesPath: String
  let cgroups: CgroupHierarchy
  /// A hash of the program's version, the kernel and the initial files.
  let inputs: String

  static let programName = "qemu-system-x86_64"
  private static let searchPath = ["/usr/local/bin", "/usr/bin", "/usr/libexec", "/bin"]
  private static let helpers = ["/usr/bin/unshare", "/usr/bin/setpriv"]
  private static let privateMode: mode_t = 0o700
  private static let fileMode: mode_t = 0o600

  /// Finds the program.
  static func locate(_ configuration: MicroVMConfiguration) throws(SandboxError) -> String {
    let candidates = configuration.enginePath.map { [$0] } ?? searchPath.map { "\($0)/\(programName)" }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw .engineMissing(
        engine: SandboxEngine.qemu.rawValue,
        hint: "looked for \(candidates.map { "`\($0)`" }.joined(separator: ", ")): install it with `scripts/setup`")
    }
    return path
  }

  /// The version in the first line of what the program says, such as `7.2.22`.
  static func version(of program: String) async throws(SandboxError) -> String {
    let text = try await ProgramOutput.read(program, ["--version"])
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let index = words.firstIndex(of: "version"), index + 1 < words.count else {
      throw .engineFailed(engine: SandboxEngine.qemu.rawValue, reason: "`\(program) --version` names no version")
    }
    return String(words[index + 1])
  }

  /// Checks that all is there that needs no preparation.
  static func requireFacilities(_ cgroups: CgroupHierarchy) throws(SandboxError) {
    guard geteuid() == 0 else {
      throw .startFailed(reason: "virtual machines are confined with the rights of root: run this as root")
    }
    for helper in helpers where access(helper, X_OK) != 0 {
      throw .engineMissing(engine: SandboxEngine.qemu.rawValue, hint: "`\(helper)` is missing: install util-linux")
    }
    guard !cgroups.isEmpty else { throw .startFailed(reason: "no control groups are mounted on this machine") }
  }

  /// Finds everything and writes the initial files.
  init(_ configuration: MicroVMConfiguration) async throws(SandboxError) {
    try configuration.validate()
    cgroups = CgroupHierarchy(.current())
    try Self.requireFacilities(cgroups)
    program = try Self.locate(configuration)
    version = try await Self.version(of: program)
    kernel = try MicroVMKernel(directory: configuration.kernelDirectory)
    let guest: String
    if let given = configuration.guestPath { guest = given } else { guest = try GuestProgram.locate() }
    let archive = try await MicroVMInitialFiles.archive(guestPath: guest, kernel: kernel)

    var hash = SHA256()
    hash.update(data: Data("\(version)\n\(kernel.version)\n\(ImageDisk.bytes)\n".utf8))
    hash.update(data: FileManager.default.contents(atPath: kernel.imagePath) ?? Data())
    hash.update(data: archive)
    for accelerator in [MachineShape.Accelerator.kvm, .translation] {
      hash.update(data: Data(MachineArguments.kernelCommandLine(accelerator).utf8))
    }
    inputs = hash.finalize().map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0\(text)" : text
    }.joined()
    initialFilesPath = "\(configuration.stateDirectory)/microvm/initial-\(inputs.prefix(16)).cpio"
    try Self.prepare(configuration, archive: archive, at: initialFilesPath)
  }

  private static func prepare(
    _ configuration: MicroVMConfiguration, archive: [UInt8], at path: String
  ) throws(SandboxError) {
    do throws(SystemError) {
      // The engine's user passes through these to the initial files, and through no other.
      let microVM = "\(configuration.stateDirectory)/microvm"
      try FlatDirectory.make(microVM, mode: 0o711)
      try FlatDirectory.make(configuration.machinesDirectory, mode: privateMode)
      try FlatDirectory.make(configuration.templateDirectory, mode: privateMode)
      var status = stat()
      if stat(path, &status) == 0, status.st_size == archive.count { return }
      let temporary = path + QEMUDriver.draftSuffix
      unlink(temporary)
      let number = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, fileMode)
      guard number >= 0 else { throw .last }
      let file = Descriptor(owning: number)
      try file.write(archive)
      // There is no secret in it.
      guard file.use({ fchmod($0, 0o644) }) == 0, rename(temporary, path) == 0 else { throw .last }
    } catch {
      throw .startFailed(reason: "`\(path)` could not be written: \(error)")
    }
  }
}

extension FlatDirectory {
  /// Makes a directory and those above it; one that is there is kept, with the mode.
  static func make(_ path: String, mode: mode_t) throws(SystemError) {
    let components = path.split(separator: "/")
    for count in 1...max(components.count, 1) {
      let directory = "/" + components.prefix(count).joined(separator: "/")
      guard mkdir(directory, count == components.count ? mode : 0o755) == 0 || errno == EEXIST else { throw .last }
    }
    guard chmod(path, mode) == 0 else { throw .last }
  }
}
