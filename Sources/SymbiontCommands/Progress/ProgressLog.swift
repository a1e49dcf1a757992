import Logging

/// Shows what agents and the runtime log among the progress.
struct ProgressLog: LogHandler {
  let display: ProgressDisplay
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(display: ProgressDisplay) { self.display = display }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let given = event.metadata ?? [:]
    let fields = metadata.merging(given) { _, new in new }
    let shown = fields.filter { $0.key != "agent" && $0.key != "execution" }
      .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let origin = fields["agent"].map { "\($0): " } ?? ""
    let text =
      "\(event.level): \(origin)\(event.message)" + (shown.isEmpty ? "" : " (\(shown.joined(separator: ", ")))")
    display.note(TerminalText.printable(text))
  }
}
