import Glibc

/// Makes this process the parent of its orphaned descendants.
///
/// A container outlives the engine process that started it. With this the container's first process then becomes a child
/// of the runtime, which learns its exit status at once; otherwise it becomes a child of process 1, which may be slow to
/// notice its end. See `PR_SET_CHILD_SUBREAPER` in `prctl(2)`.
package enum ChildSubreaper {
  private static let setChildSubreaper = 36

  /// Makes this process a subreaper; doing it again changes nothing.
  ///
  /// Returns whether the kernel did it.
  @discardableResult
  package static func become() -> Bool {
    (try? SystemCall.invoke(.processControl, setChildSubreaper, 1)) != nil
  }
}
