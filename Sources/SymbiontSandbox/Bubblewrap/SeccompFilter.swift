import Glibc
import SymbiontCore
import SymbiontSystem

/// Compiles a profile of system calls to the form that the kernel takes.
///
/// The library that also runc and crun do it with knows the numbers of the calls for each architecture. It is looked for at
/// run time, since only bubblewrap needs it.
struct SeccompFilter {
  private typealias Initialize = @convention(c) (UInt32) -> OpaquePointer?
  private typealias Resolve = @convention(c) (UnsafePointer<CChar>) -> Int32
  private typealias Add = @convention(c) (OpaquePointer, UInt32, Int32, UInt32, UnsafeRawPointer?) -> Int32
  private typealias Export = @convention(c) (OpaquePointer, Int32) -> Int32
  private typealias Release = @convention(c) (OpaquePointer) -> Void

  private static let library = "libseccomp.so.2"
  private static let allow: UInt32 = 0x7fff_0000
  private static let fail: UInt32 = 0x0005_0000
  private static let comparisons: [String: UInt32] = ["SCMP_CMP_EQ": 4, "SCMP_CMP_MASKED_EQ": 7]
  /// Far more than any profile needs.
  private static let maximumBytes = 262_144

  /// `struct scmp_arg_cmp` of the library.
  private struct Comparison {
    var argument: UInt32
    var operation: UInt32
    var first: UInt64
    var second: UInt64
  }

  private let initialize: Initialize
  private let resolve: Resolve
  private let add: Add
  private let export: Export
  private let release: Release

  private init?() {
    guard let handle = dlopen(Self.library, RTLD_NOW),
      let initialize = dlsym(handle, "seccomp_init"), let resolve = dlsym(handle, "seccomp_syscall_resolve_name"),
      let add = dlsym(handle, "seccomp_rule_add_array"), let export = dlsym(handle, "seccomp_export_bpf"),
      let release = dlsym(handle, "seccomp_release")
    else { return nil }
    self.initialize = unsafeBitCast(initialize, to: Initialize.self)
    self.resolve = unsafeBitCast(resolve, to: Resolve.self)
    self.add = unsafeBitCast(add, to: Add.self)
    self.export = unsafeBitCast(export, to: Export.self)
    self.release = unsafeBitCast(release, to: Release.self)
  }

  /// The filter of a profile, as instructions of the kernel's packet filter.
  static func compile(_ profile: SeccompProfile) throws(SandboxError) -> [UInt8] {
    guard let library = SeccompFilter() else {
      throw .engineMissing(engine: "bubblewrap", hint: "its filter needs `\(library)`: install `libseccomp2`")
    }
    guard let context = library.initialize(fail | UInt32(profile.defaultErrnoRet)) else {
      throw .engineFailed(engine: "libseccomp", reason: "it made no filter")
    }
    defer { library.release(context) }
    for rule in profile.syscalls { try library.add(rule, to: context) }
    return try library.bytes(of: context)
  }

  /// Names that the architecture does not have are passed over.
  private func add(_ rule: SeccompProfile.Rule, to context: OpaquePointer) throws(SandboxError) {
    let action = rule.action == "SCMP_ACT_ALLOW" ? Self.allow : Self.fail | UInt32(rule.errnoRet ?? 1)
    let comparisons = (rule.args ?? []).map { argument in
      Comparison(
        argument: UInt32(argument.index), operation: Self.comparisons[argument.op] ?? 0, first: argument.value,
        second: argument.valueTwo)
    }
    for name in rule.names {
      let number = resolve(name)
      guard number >= 0 else { continue }
      let code = comparisons.withUnsafeBytes { add(context, action, number, UInt32(comparisons.count), $0.baseAddress) }
      guard code == 0 else {
        throw .engineFailed(engine: "libseccomp", reason: "the rule for `\(name)` was refused with \(code)")
      }
    }
  }

  private func bytes(of context: OpaquePointer) throws(SandboxError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      let pipe = try Pipe()
      let written = pipe.writingEnd.use { export(context, $0) }
      guard written == 0 else { throw SystemError(code: -written) }
      _ = try pipe.readingEnd.read(upTo: Self.maximumBytes) { bytes = Array($0) }
    } catch {
      throw .engineFailed(engine: "libseccomp", reason: "the filter could not be written: \(error)")
    }
    return bytes
  }
}
