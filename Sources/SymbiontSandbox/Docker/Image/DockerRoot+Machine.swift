import FoundationEssentials
import Glibc
import SymbiontSystem

extension DockerRoot {
  /// Files of the machine's `/etc` that programs need to start; they hold no secrets.
  private static let sharedConfiguration = ["/etc/alternatives", "/etc/ld.so.cache"]

  /// The system directories of the machine.
  ///
  /// Links, as `/bin` often is, stay links.
  static func machine(systemDirectories: [String], commandUserID: UInt32) -> DockerRoot {
    var root = DockerRoot(links: [:], mounts: [], hasOwnConfiguration: true, commandUserID: commandUserID)
    for path in systemDirectories + sharedConfiguration {
      root.add(path, at: path, isReadOnly: true)
    }
    return root
  }

  /// The unpacked files of an image.
  static func image(_ directory: String, isReadOnly: Bool, commandUserID: UInt32) throws(SystemError) -> DockerRoot {
    var root = DockerRoot(links: [:], mounts: [], hasOwnConfiguration: false, commandUserID: commandUserID)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw SystemError(code: ENOENT)
    }
    for name in names.sorted() where !reserved.contains(name) {
      root.add("\(directory)/\(name)", at: "/\(name)", isReadOnly: isReadOnly)
    }
    return root
  }

  /// Adds a link, or mounts a directory or a file; what is neither, or does not exist, is left out.
  private mutating func add(_ source: String, at target: String, isReadOnly: Bool) {
    var status = stat()
    guard lstat(source, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFLNK:
      guard let destination = try? FileManager.default.destinationOfSymbolicLink(atPath: source) else { return }
      links[String(target.dropFirst())] = destination
    case S_IFDIR, S_IFREG:
      mounts.append(DockerContainerRequest.Mount(source, at: target, isReadOnly: isReadOnly))
    default: return
    }
  }
}
