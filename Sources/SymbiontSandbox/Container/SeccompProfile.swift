/// Which system calls a command may make: the ones listed, and no others.
///
/// A refused call fails with `EPERM`, as it would for a user without the right, so programs handle it. `clone3` fails with
/// `ENOSYS`, because its arguments are in memory that a filter cannot read: the C library then uses `clone`, whose
/// arguments can be checked.
struct SeccompProfile: Encodable {
  /// A condition on one argument of a call.
  struct Argument: Encodable {
    var index: Int
    var value: UInt64
    var valueTwo: UInt64
    var op: String
  }

  /// What is done with some calls.
  struct Rule: Encodable {
    var names: [String]
    var action: String
    var errnoRet: Int?
    var args: [Argument]?
  }

  var defaultAction = "SCMP_ACT_ERRNO"
  var defaultErrnoRet = 1
  var syscalls: [Rule]

  private static let allow = "SCMP_ACT_ALLOW"
  private static let noSuchCall = 38

  /// `CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET`.
  private static let namespaceFlags: UInt64 = 0x7E02_0000

  /// `AF_UNIX`, `AF_INET`, `AF_INET6` and `AF_NETLINK`.
  ///
  /// The network namespace confines all four. `AF_VSOCK`, which would reach the host of a virtual machine, and
  /// `AF_ALG`, which opens kernel code to everybody, are left out.
  private static let addressFamilies: [UInt64] = [1, 2, 10, 16]

  /// `PER_LINUX`, `UNAME26`, `PER_LINUX32`, and the question for the current one.
  private static let personalities: [UInt64] = [0x0, 0x0002_0000, 0x8, 0xffff_ffff]

  /// The profile of every command.
  static let standard = SeccompProfile(
    syscalls: [
      Rule(names: allowedCalls, action: allow),
      Rule(names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: noSuchCall),
      Rule(
        names: ["clone"], action: allow,
        args: [Argument(index: 0, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ")]),
    ]
      + addressFamilies.map { equal("socket", $0) }
      + personalities.map { equal("personality", $0) })

  private static func equal(_ name: String, _ value: UInt64) -> Rule {
    Rule(
      names: [name], action: allow, args: [Argument(index: 0, value: value, valueTwo: 0, op: "SCMP_CMP_EQ")])
  }
}
