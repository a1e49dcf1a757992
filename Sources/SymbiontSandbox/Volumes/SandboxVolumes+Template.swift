import FoundationEssentials
import Glibc
import Subprocess
import SymbiontCore
import SymbiontSystem
import Synchronization
import SystemPackage

extension SandboxVolumes {
  /// The program that makes the file system, and where it is looked for.
  private static let program = "mkfs.ext4"
  private static let programDirectories = ["/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin"]
  private static let outputBytes = 16_384
  /// The directories of a volume: the workspace, and what an overlay needs.
  ///
  /// All belong to the user of the commands or to the first user of the sandbox.
  private static let directories = ["workspace", "upper", "work"]
  private static let directoryMode: mode_t = 0o700

  /// An empty file system of a size, made when it is missing.
  func template(megabytes: Int, ownership: SandboxVolume.Ownership) async throws(SandboxError) -> String {
    let path = "\(templatesDirectory)/\(ownership.rawValue)-\(owner.userID)-\(megabytes).img"
    guard access(path, F_OK) != 0 else { return path }
    let unique = SandboxID()
    let draft = draftPath(unique)
    Self.drafts.withLock { _ = $0.insert(unique) }
    defer { Self.drafts.withLock { _ = $0.remove(unique) } }
    do throws(SandboxError) {
      try await makeFileSystem(draft, megabytes: megabytes, hasJournal: ownership == .agent)
      try await BlockingWork.perform { () throws(SandboxError) in
        try prepare(draft, ownership: ownership, on: draftMountPath(unique))
        guard rename(draft, path) == 0 else {
          throw .startFailed(reason: "the empty volume `\(path)` could not be made: \(SystemError.last)")
        }
      }
    } catch {
      unlink(draft)
      throw error
    }
    return path
  }

  /// The drafts that this process is making.
  private static let drafts = Mutex<Set<SandboxID>>([])
  private static let draftPrefix = "."
  private static let draftMountPrefix = "template-"

  private func draftPath(_ draft: SandboxID) -> String { "\(templatesDirectory)/\(Self.draftPrefix)\(draft)" }
  private func draftMountPath(_ draft: SandboxID) -> String { "\(mountDirectory)/\(Self.draftMountPrefix)\(draft)" }

  /// The drafts of empty file systems that a dead runtime left, by the ids they were given.
  func deadDrafts() -> Set<SandboxID> {
    let found = [(templatesDirectory, Self.draftPrefix), (mountDirectory, Self.draftMountPrefix)].flatMap {
      directory, prefix in
      ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { $0.hasPrefix(prefix) }
        .compactMap { SandboxID(String($0.dropFirst(prefix.count))) }
    }
    return Set(found).subtracting(Self.drafts.withLock { $0 })
  }

  /// Removes a draft and what it was mounted on, and says what there was.
  func removeDraft(_ draft: SandboxID) async throws(SandboxError) -> [String] {
    try await remove(file: draftPath(draft), mountPath: draftMountPath(draft), of: draft)
  }

  /// Whether the program is here; its path, or nil.
  static func locateProgram() -> String? {
    programDirectories.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
  }

  private func makeFileSystem(_ path: String, megabytes: Int, hasJournal: Bool) async throws(SandboxError) {
    guard let program = Self.locateProgram() else {
      throw .limitUnenforceable(
        limit: "workspace_mb", reason: "`\(Self.program)` is not installed: install the package e2fsprogs")
    }
    let number = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, Self.fileMode)
    guard number >= 0, ftruncate(number, off_t(megabytes) << 20) == 0 else {
      let error = SystemError.last
      if number >= 0 { close(number) }
      throw .startFailed(reason: "the empty volume `\(path)` could not be made: \(error)")
    }
    close(number)
    do {
      // Blocks as large as those of the loop device. No journal where nothing must survive a crash. No reserve: it would
      // be lost to the sandbox.
      let features = hasJournal ? "^resize_inode" : "^has_journal,^resize_inode"
      let result = try await Subprocess.run(
        .path(FilePath(program)),
        arguments: ["-q", "-F", "-b", "4096", "-m", "0", "-O", features, path],
        environment: .custom(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]), output: .discarded,
        error: .string(limit: Self.outputBytes))
      guard result.terminationStatus.isSuccess else {
        throw SandboxError.startFailed(
          reason: "`\(Self.program)` made no file system of \(megabytes) MB: \(result.standardError)")
      }
    } catch let error as SandboxError {
      throw error
    } catch {
      throw .startFailed(reason: "`\(Self.program)` could not be run: \(error)")
    }
  }

  /// Makes the directories in an empty file system; that of an agent is the workspace itself.
  private func prepare(_ file: String, ownership: SandboxVolume.Ownership, on path: String) throws(SandboxError) {
    try VolumeMount.mount(file, on: path)
    let (commands, first): (WorkspaceOwner, WorkspaceOwner) =
      switch ownership {
      case .machine, .agent:
        (owner, WorkspaceOwner(userID: owner.userID - Self.commandID, groupID: owner.groupID - Self.commandID))
      case .virtualMachine:
        (WorkspaceOwner(userID: Self.commandID, groupID: Self.commandID), WorkspaceOwner(userID: 0, groupID: 0))
      }
    do throws(SystemError) {
      rmdir("\(path)/lost+found")
      for name in ownership == .agent ? [] : Self.directories {
        let directory = "\(path)/\(name)"
        let owner = name == "workspace" ? commands : first
        guard mkdir(directory, Self.directoryMode) == 0, chown(directory, owner.userID, owner.groupID) == 0,
          chmod(directory, name == "upper" ? 0o755 : Self.directoryMode) == 0
        else { throw .last }
      }
      if ownership == .agent {
        guard chown(path, owner.userID, owner.groupID) == 0, chmod(path, Self.directoryMode) == 0 else { throw .last }
      } else {
        guard chmod(path, 0o711) == 0 else { throw .last }
      }
      _ = try VolumeMount.unmount(path)
    } catch {
      _ = try? VolumeMount.unmount(path)
      throw .startFailed(reason: "the empty volume `\(file)` could not be filled: \(error)")
    }
  }

  /// The user and group as which commands run, inside of a sandbox.
  private static var commandID: UInt32 { RuncConfiguration.commandUserID }
}
