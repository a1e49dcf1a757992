import Foundation
import GRDBSQLite
import Synchronization

/// Makes the disk of chosen files fail, below SQLite: its default file system with `write` and `sync` replaced.
enum FaultyDisk {
  struct Faults: Sendable {
    /// What the next syncs answer instead of syncing; nil syncs.
    var sync: Int32?
    /// How many bytes the file may hold before the disk is full; nil is no limit.
    var room: Int?
  }

  /// SQLite's `SQLITE_IOERR_FSYNC`, a macro that is not imported.
  static let syncFailure = SQLITE_IOERR | 4 << 8

  private struct OpenFile {
    let path: String
    /// The address of the methods of the real file system.
    let methods: UInt
  }

  private static let faults = Mutex<[String: Faults]>([:])
  private static let files = Mutex<[UInt: OpenFile]>([:])

  /// Sets what is wrong with a file, and installs the faulty file system on the first use.
  ///
  /// Only files opened afterwards are affected.
  static func set(_ path: String, _ change: @Sendable (inout Faults) -> Void) {
    _ = isInstalled
    faults.withLock { change(&$0[path, default: Faults()]) }
  }

  private static let isInstalled: Bool = {
    guard let real = sqlite3_vfs_find("unix") else { return false }
    // Never freed: SQLite keeps it for as long as the process lives.
    let faulty = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    faulty.initialize(to: real.pointee)
    faulty.pointee.zName = UnsafePointer(strdup("faulty"))
    faulty.pointee.xOpen = { _, name, file, flags, outFlags in
      guard let real = sqlite3_vfs_find("unix"), let file else { return SQLITE_INTERNAL }
      let code = real.pointee.xOpen(real, name, file, flags, outFlags)
      if code == SQLITE_OK, let name { FaultyDisk.adopt(file, path: String(cString: name)) }
      return code
    }
    return sqlite3_vfs_register(faulty, 1) == SQLITE_OK
  }()

  private static func adopt(_ file: UnsafeMutablePointer<sqlite3_file>, path: String) {
    guard faults.withLock({ $0[path] }) != nil, let methods = file.pointee.pMethods else { return }
    files.withLock { $0[UInt(bitPattern: file)] = OpenFile(path: path, methods: UInt(bitPattern: methods)) }
    // A few hundred bytes for each file, never freed: SQLite may use them until the last connection is closed.
    let replaced = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    replaced.initialize(to: methods.pointee)
    replaced.pointee.xSync = { file, flags in
      guard let file, let (real, path) = FaultyDisk.real(file) else { return SQLITE_INTERNAL }
      if let code = FaultyDisk.faults.withLock({ $0[path]?.sync }) { return code }
      return real.pointee.xSync(file, flags)
    }
    replaced.pointee.xWrite = { file, bytes, count, offset in
      guard let file, let (real, path) = FaultyDisk.real(file) else { return SQLITE_INTERNAL }
      guard FaultyDisk.hasRoom(path, upTo: offset + Int64(count)) else { return SQLITE_FULL }
      return real.pointee.xWrite(file, bytes, count, offset)
    }
    file.pointee.pMethods = UnsafePointer(replaced)
  }

  private static func real(
    _ file: UnsafeMutablePointer<sqlite3_file>
  ) -> (methods: UnsafePointer<sqlite3_io_methods>, path: String)? {
    guard let open = files.withLock({ $0[UInt(bitPattern: file)] }),
      let methods = UnsafePointer<sqlite3_io_methods>(bitPattern: open.methods)
    else { return nil }
    return (methods, open.path)
  }

  private static func hasRoom(_ path: String, upTo end: Int64) -> Bool {
    faults.withLock { faults in faults[path]?.room.map { end <= $0 } ?? true }
  }
}
