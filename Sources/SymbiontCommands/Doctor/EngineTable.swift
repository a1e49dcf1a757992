import SymbiontCore
import SymbiontSandbox

/// What was found out about the engines, as a table of limits and engines and what is to be said besides.
struct EngineTable: Sendable {
  let engines: [EngineCheckup]

  private static let nameWidth = 22
  /// What follows the table is wrapped to this.
  private static let columns = 98
  private static let legend = """
    held: exceeded, and stopped · set: in force, as the kernel or the engine tells · no: it cannot be
    enforced here, and is refused · FAIL: asked for and not in force · *: chosen for its tier
    """

  /// The lines of the table.
  var lines: [String] {
    let shown = engines.filter { !$0.limits.isEmpty }
    var lines: [String] = []
    if !shown.isEmpty {
      lines.append(row("", shown.map { "tier \($0.tier.rawValue)" }, of: shown))
      lines.append(row("limit", shown.map(Self.title), of: shown))
      for (index, name) in EngineCheckup.limitNames.enumerated() {
        lines.append(row(name, shown.map { Self.word($0.limits[index].state) }, of: shown))
      }
      lines += [""] + Self.legend.split(separator: "\n").map(String.init)
    }
    return lines + remarks
  }

  private func row(_ name: String, _ cells: [String], of shown: [EngineCheckup]) -> String {
    let widths = shown.map { max(Self.title($0).count, 6) + 2 }
    let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: max(1, $1 - $0.count)) }
    let line = name + String(repeating: " ", count: max(1, Self.nameWidth - name.count)) + padded.joined()
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  private static func title(_ checkup: EngineCheckup) -> String {
    checkup.report.engine.rawValue + (checkup.isChosen ? "*" : "")
  }

  private static func word(_ state: EngineCheckup.LimitCheck.State) -> String {
    switch state {
    case .held, .set: state.rawValue
    case .missing: "no"
    case .failed: "FAIL"
    }
  }

  /// The versions of what works, why the rest does not, and what to do.
  private var remarks: [String] {
    var lines: [String] = [""]
    for checkup in engines {
      let (report, name) = (checkup.report, "tier \(checkup.tier.rawValue) \(checkup.report.engine.rawValue)")
      if let failure = report.failure ?? checkup.failure {
        lines += Self.wrapped(report.isUsable ? "FAIL " : "no   ", "\(name): \(failure)", indentation: 5)
        let help = [report.hint, report.engine.installation].compactMap { $0 }.joined(separator: "; ")
        lines += Self.wrapped("     ", "= help: \(help)", indentation: 7)
        continue
      }
      lines += Self.wrapped("ok   ", "\(name): \(report.version ?? "version unknown")", indentation: 5)
      for check in checkup.limits where check.state == .failed {
        lines += Self.wrapped("FAIL ", "\(name): \(check.limit): \(check.detail)", indentation: 5)
      }
      let missing = Dictionary(grouping: checkup.limits.filter { $0.state == .missing }, by: \.detail)
      for (detail, checks) in missing.sorted(by: { $0.key < $1.key }) {
        let names = checks.map(\.limit).joined(separator: ", ")
        lines += Self.wrapped("     ", "without \(names): \(detail)", indentation: 7)
      }
    }
    for tier in SecurityTier.allCases where !engines.contains(where: { $0.tier == tier && $0.isChosen }) {
      let hint = SandboxEngine.candidates(for: tier).first?.installation ?? ""
      lines += Self.wrapped("no   ", "tier \(tier.rawValue): no engine keeps all limits; \(hint)", indentation: 5)
    }
    return lines
  }

  /// Breaks a text at blanks; the lines after the first are indented.
  ///
  /// - Parameter head: What the first line begins with, as it is.
  static func wrapped(_ head: String, _ text: String, indentation: Int) -> [String] {
    var lines: [String] = []
    var line = head
    var isEmpty = true
    for word in TerminalText.printable(text).split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > columns {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: indentation), true)
      }
      line += isEmpty ? String(word) : " \(word)"
      isEmpty = false
    }
    return lines + [line]
  }
}
