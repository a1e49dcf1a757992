package import SymbiontSystem

/// The two directions of the connection to a sandbox's first process.
///
/// They may be the same descriptor.
public struct GuestChannel: Sendable {
  /// What the guest sends is read here.
  package let reading: Descriptor
  /// What is written here reaches the guest.
  package let writing: Descriptor

  package init(reading: Descriptor, writing: Descriptor) {
    self.reading = reading
    self.writing = writing
  }
}
