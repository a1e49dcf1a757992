import Foundation

/// One line of a benchmark's output whose fields are the benchmark's own.
///
/// Date, machine and load are added, so that a line can be judged on its own.
public struct ReportLine: Sendable {
  /// A value of a field.
  public enum Field: Sendable, Encodable {
    /// A text.
    case text(String)
    /// A number, rounded to a thousandth.
    case number(Double)

    /// Writes the bare value.
    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .number(let number): try container.encode((number * 1_000).rounded() / 1_000)
      }
    }
  }

  private var fields: [String: Field]

  /// Makes a line of a benchmark's fields.
  public init(benchmark: String, _ fields: [String: Field]) {
    self.fields = fields
    self.fields["benchmark"] = .text(benchmark)
    self.fields["date"] = .text(Date().formatted(.iso8601))
    self.fields["machine"] = .text(Self.machine)
    if let load = Self.load { self.fields["load"] = .number(load) }
  }

  /// Prints the line at once, also into a pipe.
  public func report() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(fields) + Data([UInt8(ascii: "\n")])
    FileHandle.standardOutput.write(line)
  }

  private static var machine: String {
    let process = ProcessInfo.processInfo
    let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
    let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
    return [
      model?.trimmingCharacters(in: .whitespaces) ?? "unknown processor", "\(process.activeProcessorCount) cores",
      "Linux \(kernel.trimmingCharacters(in: .whitespacesAndNewlines))",
    ].joined(separator: ", ")
  }

  /// The mean number of threads that wanted a processor in the last minute, those of other programs included.
  private static var load: Double? {
    let line = try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)
    return line?.split(separator: " ").first.flatMap { Double($0) }
  }
}
