/// Sets texts in columns.
enum TextTable {
  /// A heading and rows, flush left, two spaces between columns.
  static func render(_ heading: [String], _ rows: [[String]]) -> String {
    let lines = ([heading] + rows).map { row in row.map { TerminalText.printable($0) } }
    let widths = heading.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { row in
      let cells = row.enumerated().map { column, text in
        column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
