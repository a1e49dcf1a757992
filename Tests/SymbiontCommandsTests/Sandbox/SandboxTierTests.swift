import Foundation
import Glibc
import Testing

@Suite("symbi sandbox on every tier", .needsRunc, .serialized, .timeLimit(.minutes(10)))
struct SandboxTierTests {
  /// The tiers whose first choice is on this machine; in CI all of them, so that nothing is skipped there.
  static let tiers = [1, 2, 3].filter { tier in
    if ProcessInfo.processInfo.environment["CI"] != nil { return true }
    guard tier > 1 else { return true }
    let kernel = ProcessInfo.processInfo.environment["SYMBIONT_MICROVM"] ?? "/var/lib/symbiont/microvm"
    let needed = tier == 2 ? ["/usr/bin/runsc"] : ["/usr/bin/qemu-system-x86_64", "\(kernel)/vmlinuz"]
    return needed.allSatisfy { access($0, R_OK) == 0 }
  }

  let directory: TestDirectory

  init() throws { directory = try TestDirectory() }

  private func symbi(_ arguments: [String]) async throws -> Symbi.Finished {
    try await RunningSymbi([Symbi.executable] + arguments, in: directory).finished()
  }

  @Test("a command runs with default limits and says nothing but its own output", arguments: tiers)
  func run(tier: Int) async throws {
    let finished = try await symbi(
      ["sandbox", "run", "--tier", "\(tier)", "--", "sh", "-c", "id -u; pwd; echo problem >&2; exit 7"])
    #expect(finished.status == 7, "\(finished.errors)")
    #expect(finished.output == "1000\n/workspace\n")
    #expect(finished.errors == "problem\n")
  }

  @Test("an endless command is ended at its timeout, and a crowd and a glutton at their limits", arguments: tiers)
  func limits(tier: Int) async throws {
    func run(_ options: [String], _ script: String) async throws -> Symbi.Finished {
      try await symbi(["sandbox", "run", "--tier", "\(tier)"] + options + ["--", "sh", "-c", script])
    }
    let late = try await run(["--timeout", "500ms"], "while :; do :; done")
    #expect(late.status == 124, "\(late.errors)")
    #expect(late.errors == "the command was killed at its timeout\n")
    let crowd = try await run(["--pids", "16"], "i=0; while [ $i -lt 40 ]; do echo $i; sleep 60 & i=$((i+1)); done")
    #expect(crowd.status != 0)
    #expect(crowd.output.split(separator: "\n").count <= 17, "\(crowd.output)")
    // gVisor tells nobody why it refused a process.
    if tier != 2 {
      #expect(crowd.errors.contains("the kernel stopped it at its limit of Processes"), "\(crowd.errors)")
    }
    let glutton = try await run(["--memory", "64"], "head -c 120000000 /dev/zero | tail | wc -c; sleep 1")
    // gVisor ends as a whole, and says why.
    if tier == 2 {
      #expect(glutton.status == 1 && glutton.errors.contains("killed because memory was out"), "\(glutton.errors)")
    }
    if tier != 2 {
      #expect(glutton.errors.contains("the kernel stopped it at its limit of Memory"), "\(glutton.errors)")
    }
  }

  @Test("a detached sandbox is saved, copied, restored, looked at and removed", arguments: tiers)
  func detached(tier: Int) async throws {
    func sandbox(_ arguments: String...) async throws -> String {
      let verb = try #require(arguments.first)
      let finished = try await symbi(["sandbox", verb, "--data", "state"] + arguments.dropFirst())
      try #require(finished.status == 0, "\(arguments): \(finished.errors)")
      return finished.output.trimmingCharacters(in: .newlines)
    }
    let id = try await sandbox(
      "run", "--tier", "\(tier)", "--detach", "--workspace", "16", "--", "sh", "-c", "echo begun")
    try directory.write("up.txt", "carried")
    _ = try await sandbox("cp", "up.txt", "\(id):note")
    let snapshot = try await sandbox("snapshot", id)
    let copy = try await sandbox("fork", id)
    let restored = try await sandbox("restore", snapshot)
    for sandboxID in [id, copy, restored] {
      #expect(try await sandbox("exec", sandboxID, "--", "cat", "note") == "carried")
    }
    _ = try await sandbox("cp", "\(copy):note", "down.txt")
    #expect(try directory.read("down.txt") == "carried")
    #expect(try await sandbox("stats", id).contains("of 128"))
    #expect(try await sandbox("logs", id).contains("stdout: begun"))
    #expect(try await sandbox("list").split(separator: "\n").count == 4)
    _ = try await sandbox("rm", id, copy, restored)
  }

  @Test("the files of an image are seen, of each form of archive, and only read", arguments: tiers)
  func images(tier: Int) async throws {
    try await ImageFiles.make(in: directory)
    for (name, source) in [("tar", "tiny.tar"), ("saved", "saved.tar"), ("oci", "oci")] {
      let imported = try await symbi(["image", "import", "--data", "state", name, source])
      #expect(imported.status == 0 && imported.output.hasPrefix("\(name) sha256:"), "\(imported.errors)")
      let run = try await symbi(
        ["sandbox", "run", "--data", "state", "--tier", "\(tier)", "--image", name, "--"] + [
          "sh", "-c", "cat /etc/tiny; touch /x 2>/dev/null || echo closed; touch here && ls",
        ])
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == "tiny\nclosed\nhere\n")
    }
    let listed = try await symbi(["image", "list", "--data", "state"])
    #expect(
      listed.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } } == ["oci", "saved", "tar"])
    let removed = try await symbi(["image", "rm", "--data", "state", "oci", "saved", "tar"])
    #expect(removed.status == 0, "\(removed.errors)")
    let gone = try await symbi(
      ["sandbox", "run", "--data", "state", "--tier", "\(tier)", "--image", "tar", "--", "true"])
    #expect(gone.status != 0 && gone.errors.contains("`tar`"), "\(gone.errors)")
  }

  @Test("`--allow-host` lets a command reach that address and port, and nothing else", arguments: tiers)
  func egress(tier: Int) async throws {
    // A machine in a network namespace, whose only cable ends in the same namespace: no packet leaves it.
    let script = """
      ip link set lo up
      ip link add name up0 type veth peer name down0
      ip address add 192.0.2.2/24 dev up0
      ip link set up0 up
      ip link set down0 up
      ip route add default via 192.0.2.1
      for port in 8080 8081; do
        (echo "port $port" | exec timeout 60 busybox nc -l -p $port) &
      done
      exec "$0" "$@"
      """
    let inside = """
      busybox timeout 20 busybox nc 192.0.2.2 8080 </dev/null
      for target in "192.0.2.2 8081" "127.0.0.1 8080" "169.254.169.254 80" "198.51.100.1 80"; do
        busybox timeout 20 busybox nc $target </dev/null 2>/dev/null || echo closed
      done
      """
    let wrapper = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-euc", script, Symbi.executable]
    let arguments = ["sandbox", "run", "--tier", "\(tier)", "--allow-host", "192.0.2.2:8080", "--", "sh", "-c", inside]
    let finished = try await RunningSymbi(wrapper + arguments, in: directory).finished()
    #expect(finished.status == 0, "\(finished.errors)")
    #expect(finished.output == "port 8080\nclosed\nclosed\nclosed\nclosed\n", "\(finished.errors)")
  }

  /// Runs `symbi` on a machine without a controller of control groups, in a mount namespace of its own.
  private func withoutController(_ name: String, _ arguments: [String]) async throws -> Symbi.Finished {
    let script = """
      for tree in /sys/fs/cgroup/\(name) /sys/fs/cgroup/\(name),*; do
        if mountpoint -q "$tree"; then umount "$tree"; fi
      done
      exec "$0" "$@"
      """
    let wrapper = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, Symbi.executable]
    return try await RunningSymbi(wrapper + arguments, in: directory).finished()
  }

  @Test(
    "a limit that cannot be kept is a refusal that names it, unless it is given up by name, which the list tells",
    .enabled(if: access("/sys/fs/cgroup/blkio", F_OK) == 0, "the control groups of this machine are all in one tree"))
  func unenforced() async throws {
    let command = ["sandbox", "run", "--engine", "runc", "--data", "state"]
    let refused = try await withoutController("blkio", command + ["--", "true"])
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains("error[SANDBOX_LIMIT_UNENFORCEABLE]: the limit `disk_io_mbps`"), "\(refused.errors)")
    #expect(refused.errors.contains("`runc` cannot provide `disk-rate-limit` here"), "\(refused.errors)")
    #expect(refused.errors.contains("mount -t cgroup -o blkio"), "\(refused.errors)")
    let given = try await withoutController("blkio", command + ["--allow-unenforced-limits", "--detach"])
    #expect(given.status == 0, "\(given.errors)")
    let id = given.output.trimmingCharacters(in: .newlines)
    let listed = try await symbi(["sandbox", "list", "--data", "state"])
    #expect(listed.output.split(separator: "\n").last?.hasSuffix("disk_io_mbps") == true, "\(listed.output)")
    #expect(
      try await symbi(["sandbox", "logs", "--data", "state", id]).output.contains("disk_io_mbps are not enforced"))
    #expect(try await symbi(["sandbox", "rm", "--data", "state", id]).status == 0)
    let loud = try await withoutController("blkio", ["sandbox", "run", "--allow-unenforced-limits", "--", "true"])
    #expect(loud.status == 0)
    #expect(loud.errors == "warning: the limits disk_io_mbps are not enforced, as was allowed by name\n")
  }
}

/// A small image of one static program, in each of the forms that are imported.
enum ImageFiles {
  static func make(in directory: TestDirectory) async throws {
    let finished = try await RunningSymbi(["sh", "-euc", script], in: directory).finished()
    try #require(finished.status == 0, "\(finished.errors)")
  }

  private static let script = #"""
    mkdir -p root/bin root/etc
    cp "$(command -v busybox)" root/bin/busybox
    for name in sh cat ls touch; do ln -s busybox root/bin/$name; done
    echo tiny > root/etc/tiny
    tar -C root -cf tiny.tar .
    layer=$(sha256sum tiny.tar | cut -d' ' -f1)
    printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
      $layer > config.json
    config=$(sha256sum config.json | cut -d' ' -f1)
    mkdir -p saved/layer oci/blobs/sha256
    cp config.json saved/$config.json
    cp tiny.tar saved/layer/layer.tar
    printf '[{"Config":"%s.json","RepoTags":["tiny:1"],"Layers":["layer/layer.tar"]}]' $config > saved/manifest.json
    tar -C saved -cf saved.tar .
    cp tiny.tar oci/blobs/sha256/$layer
    cp config.json oci/blobs/sha256/$config
    type=application/vnd.oci.image
    describe() { printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' $type.$1 $2 $(stat -c %s $3); }
    printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' $type.manifest.v1+json \
      "$(describe config.v1+json $config config.json)" "$(describe layer.v1.tar $layer tiny.tar)" > manifest.json
    manifest=$(sha256sum manifest.json | cut -d' ' -f1)
    cp manifest.json oci/blobs/sha256/$manifest
    printf '{"schemaVersion":2,"manifests":[%s]}' "$(describe manifest.v1+json $manifest manifest.json)" > oci/index.json
    printf '{"imageLayoutVersion":"1.0.0"}' > oci/oci-layout
    """#
}
