/// The size of a terminal, in characters.
public struct TerminalSize: Sendable, Hashable, Codable {
  /// The lines.
  public var rows: UInt16
  /// The characters of a line.
  public var columns: UInt16

  /// Makes a size of its parts; terminals are 24 lines of 80 characters unless somebody says otherwise.
  public init(rows: UInt16 = 24, columns: UInt16 = 80) {
    self.rows = rows
    self.columns = columns
  }
}
