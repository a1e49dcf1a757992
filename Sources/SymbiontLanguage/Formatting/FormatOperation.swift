/// One step of writing a formatted text.
///
/// The formatter makes them from the tree; ``FormatLayout`` decides where lines break and writes the text.
enum FormatOperation {
  /// A token of the source, as it stands there.
  case token(Int)
  /// A comment of the source, without trailing white space.
  case comment(Int)
  /// Text that may or may not stand in the source: separators.
  case text(StaticString)
  /// A space.
  case space
  /// A space beside a comment; left out next to a bracket or before a separator.
  case commentSpace
  /// A space, or a new line when its group is broken.
  case line
  /// Nothing, or a new line when its group is broken.
  case softLine
  /// A new line; breaks the groups around it.
  case hardLine
  /// An empty line; breaks the groups around it.
  case blankLine
  /// A `,` when its group is broken.
  case trailingComma
  /// The beginning of a group, whose lines are broken all or none.
  case begin
  /// The end of a group.
  case end
  /// One level more to the right for the lines that follow.
  case indent
  /// One level less.
  case dedent
}
