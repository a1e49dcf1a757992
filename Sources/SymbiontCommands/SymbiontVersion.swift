/// The version of the program.
public enum SymbiontVersion {
  /// The version as Semantic Versioning writes it.
  public static let current = "0.1.0"
}
