import Foundation

/// What processes have mapped of one file, as `/proc/PID/smaps` tells.
struct MappedFile {
  /// The file, by its device and inode.
  let identity: String
  /// Processes that map it.
  private(set) var processes: Set<Int32> = []
  /// Bytes of the file's mappings in memory, counted once in each process.
  private(set) var residentBytes = 0
  /// The same bytes, but those that several processes share are divided among them.
  private(set) var proportionalBytes = 0
  /// Bytes that a process changed and has for itself.
  private(set) var privateDirtyBytes = 0

  /// The files whose paths begin with a prefix, those with the most memory first.
  static func mappings(of processIDs: [Int32], prefix: String) -> [MappedFile] {
    var files: [String: MappedFile] = [:]
    for processID in processIDs {
      guard let text = KernelText.read("/proc/\(processID)/smaps") else { continue }
      var current: String?
      for line in text.split(separator: "\n") {
        let columns = line.split(separator: " ", omittingEmptySubsequences: true)
        if columns[0].contains("-") {
          // start-end, permissions, offset, device, inode, path
          let isWanted = columns.count > 5 && columns[5].hasPrefix(prefix)
          current = isWanted ? "\(columns[3]) \(columns[4])" : nil
          if let current {
            files[current, default: MappedFile(identity: current)].processes.insert(processID)
          }
        } else if let current, columns.count > 1, let kibibytes = Int(columns[1]) {
          files[current]?.add(columns[0], kibibytes * 1_024)
        }
      }
    }
    return files.values.sorted { $0.residentBytes > $1.residentBytes }
  }

  private init(identity: String) { self.identity = identity }

  private mutating func add(_ field: Substring, _ bytes: Int) {
    switch field {
    case "Rss:": residentBytes += bytes
    case "Pss:": proportionalBytes += bytes
    case "Private_Dirty:": privateDirtyBytes += bytes
    default: break
    }
  }
}
