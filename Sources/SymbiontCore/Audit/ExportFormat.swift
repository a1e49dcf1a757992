/// A form in which audit events are handed out.
public enum ExportFormat: String, Sendable, Hashable, Codable, CaseIterable {
  /// One JSON array.
  case json = "Json"
  /// One JSON object a line.
  case jsonLines = "JsonLines"
  /// Comma-separated values with a header line (RFC 4180).
  case csv = "Csv"
}
