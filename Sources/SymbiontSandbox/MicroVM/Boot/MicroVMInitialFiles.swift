import FoundationEssentials
import Glibc
import SymbiontCore

/// The files that a microVM starts with: the guest as the first program, the modules of its kernel, and busybox for
/// commands when no image is given.
enum MicroVMInitialFiles {
  /// The modules that the devices and file systems of a microVM need.
  static let wantedModules = [
    "virtio_mmio", "virtio_console", "virtio_blk", "virtio_net", "overlay",
  ]

  private static let busyboxPaths = ["/usr/bin/busybox", "/bin/busybox"]
  private static let consoleDevice: (major: UInt32, minor: UInt32) = (5, 1)
  private static let directories = [
    "bin", "dev", "etc", "lib", "lib/symbiont", "lib/symbiont/modules", "proc", "run", "sbin", "sys", "sysroot", "tmp",
    "usr", "usr/bin", "usr/sbin", "var", "volume", "workspace",
  ]
  private static let texts = [
    "etc/passwd": """
    root:x:0:0:root:/:/sbin/nologin
    agent:x:1000:1000:agent:/workspace:/bin/sh
    nobody:x:65534:65534:nobody:/:/sbin/nologin

    """,
    "etc/group": "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n",
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
  ]

  /// The entries of the archive.
  ///
  /// - Parameters:
  ///   - guest: The program that becomes `/init`.
  ///   - modules: The modules in the order in which they are loaded.
  ///   - busybox: The program with the common commands, and their names; nil for none.
  static func entries(
    guest: [UInt8], modules: [KernelModule], busybox: (program: [UInt8], commands: [String])?
  ) -> [CpioArchive.Entry] {
    var entries = directories.map { CpioArchive.Entry(path: $0, content: .directory) }
    entries.append(
      CpioArchive.Entry(
        path: "dev/console", permissions: 0o600,
        content: .characterDevice(major: consoleDevice.major, minor: consoleDevice.minor)))
    for (path, text) in texts.sorted(by: { $0.key < $1.key }) {
      entries.append(CpioArchive.Entry(path: path, permissions: 0o644, content: .file(Array(text.utf8))))
    }
    entries.append(CpioArchive.Entry(path: "init", content: .file(guest)))
    for (index, module) in modules.enumerated() {
      let number = String(index + 100)
      entries.append(
        CpioArchive.Entry(
          path: "lib/symbiont/modules/\(number)-\(module.name).ko", permissions: 0o644, content: .file(module.bytes)))
    }
    guard let busybox else { return entries }
    entries.append(CpioArchive.Entry(path: "bin/busybox", content: .file(busybox.program)))
    // busybox lists itself too.
    for command in busybox.commands.sorted() where command != "busybox" {
      entries.append(
        CpioArchive.Entry(path: "bin/\(command)", permissions: 0o777, content: .link(target: "busybox")))
    }
    return entries
  }

  /// The archive of this machine's guest, kernel and busybox.
  static func archive(guestPath: String, kernel: MicroVMKernel) async throws(SandboxError) -> [UInt8] {
    guard let guest = FileManager.default.contents(atPath: guestPath) else {
      throw .engineMissing(engine: GuestProgram.name, hint: "`\(guestPath)` cannot be read")
    }
    let modules = KernelModule.loadingOrder(of: wantedModules, from: kernel.modules())
    var busybox: (program: [UInt8], commands: [String])?
    if let path = busyboxPaths.first(where: { access($0, X_OK) == 0 }),
      let program = FileManager.default.contents(atPath: path),
      let listing = try? await ProgramOutput.read(path, ["--list"])
    {
      busybox = (Array(program), commandNames(listing))
    }
    let entries = entries(guest: Array(guest), modules: modules, busybox: busybox)
    guard let archive = CpioArchive.encode(entries) else {
      throw .startFailed(reason: "the initial files of a microVM do not fit their archive")
    }
    return archive
  }

  /// The names in busybox's list, without those that are no plain names.
  static func commandNames(_ listing: String) -> [String] {
    Array(Set(listing.split(whereSeparator: \.isNewline).map(String.init)))
      .filter { !$0.isEmpty && !$0.contains("/") && $0 != "." && $0 != ".." }.sorted()
  }
}
