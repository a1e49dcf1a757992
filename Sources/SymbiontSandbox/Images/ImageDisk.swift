/// The disk of a virtual machine that holds an image.
enum ImageDisk {
  /// Its size, whatever the image is; the rest of the file takes no room.
  ///
  /// A machine goes on from the state of another one, which knows the size of its disk, and cannot be told another one,
  /// because the disk is never written to. It is more than the largest image with its file system.
  static let bytes = 68_719_476_736
}
