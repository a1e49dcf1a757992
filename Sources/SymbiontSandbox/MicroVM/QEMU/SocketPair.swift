import Glibc
import SymbiontSystem

/// Two connected local sockets; nobody else can connect to them, because they have no name.
struct SocketPair: Sendable {
  let ours: Descriptor
  let theirs: Descriptor

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw .last }
    ours = Descriptor(owning: ends[0])
    theirs = Descriptor(owning: ends[1])
  }
}
