import Glibc
import Synchronization

/// The claim of this process on a data directory, which the kernel ends with the process however it dies.
///
/// The lock is on an open file, so a second store of the same process is refused as well, and the file that a dead
/// process left is simply taken over. The file is never removed: a process that waited on the removed one would hold a
/// lock that no one else sees.
final class DirectoryOwner: Sendable {
  private static let maximumLineBytes = 128

  private let file: Mutex<FileDescriptor?>

  private init(_ file: consuming FileDescriptor) {
    self.file = Mutex(file)
  }

  /// Takes the directory, or fails with the one who has it.
  static func claim(_ directory: DataDirectory) throws(StoreError) -> DirectoryOwner {
    do {
      let file = try FileDescriptor(
        directory.lockPath, O_RDWR | O_CREAT | O_NOFOLLOW, mode: DataDirectory.fileMode)
      guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
        guard errno == EWOULDBLOCK else { throw SystemError(number: errno) }
        throw StoreError.ownedByAnotherProcess(path: directory.path, owner: readOwner(file))
      }
      try file.setMode(DataDirectory.fileMode)
      try write(StoreOwner(processIdentifier: getpid(), startedAt: Int64(time(nil))), to: file)
      return DirectoryOwner(file)
    } catch let error as StoreError { throw error } catch let error as SystemError {
      throw directory.unusable(error)
    } catch { throw .rejected(error) }
  }

  /// Gives the directory free at once: a child that is just being started holds a copy of the open file until it
  /// executes its program, so closing it alone would leave the lock for that long.
  func release() {
    file.withLock { file in
      if let number = file?.number { flock(number, LOCK_UN) }
      file = nil
    }
  }

  private static func readOwner(_ file: borrowing FileDescriptor) -> StoreOwner? {
    var bytes = [UInt8](repeating: 0, count: maximumLineBytes)
    let count = pread(file.number, &bytes, bytes.count, 0)
    return count > 0 ? StoreOwner(line: String(decoding: bytes[..<count], as: UTF8.self)) : nil
  }

  private static func write(_ owner: StoreOwner, to file: borrowing FileDescriptor) throws(SystemError) {
    var line = owner.line
    let count = line.withUTF8 { bytes -> Int in
      guard ftruncate(file.number, 0) == 0 else { return -1 }
      return pwrite(file.number, bytes.baseAddress, bytes.count, 0)
    }
    guard count == line.utf8.count else { throw SystemError(number: count < 0 ? errno : ENOSPC) }
  }
}
