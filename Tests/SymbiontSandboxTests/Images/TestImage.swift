import Foundation
import Glibc
import Testing

@testable import SymbiontSandbox

/// An image of layers, written as `docker save` or an OCI layout has it.
struct TestImage {
  var layers: [[UInt8]]
  var architecture = ImageDocument.architecture
  /// Changes what is announced, after the digests were computed.
  var announcedDigests: [String]?

  var configuration: [UInt8] {
    let digests = announcedDigests ?? layers.map { ImageDigest(of: $0).description }
    return Array(
      """
      {"architecture":"\(architecture)","os":"linux","created":"2024-01-02T03:04:05Z","config":{"Env":["PATH=/bin"],\
      "Cmd":["sh"],"WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":[\(list(digests))]}}
      """.utf8)
  }

  private func list(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ",") }

  /// An archive of `docker save`.
  func saved(change: (inout TestArchive) -> Void = { _ in }) -> [UInt8] {
    let name = ImageDigest(of: configuration).digits
    return TestArchive.make { archive in
      archive.add("\(name).json", configuration)
      for (index, layer) in layers.enumerated() { archive.add("\(index)/layer.tar", layer) }
      let paths = layers.indices.map { "\($0)/layer.tar" }
      archive.add(
        "manifest.json", text: "[{\"Config\":\"\(name).json\",\"RepoTags\":[\"t:1\"],\"Layers\":[\(list(paths))]}]")
      change(&archive)
    }
  }

  /// The files of an OCI layout, with the layers packed by the closure.
  func layout(pack: ([UInt8]) throws -> [UInt8] = { $0 }) rethrows -> [String: [UInt8]] {
    var files: [String: [UInt8]] = ["oci-layout": Array("{\"imageLayoutVersion\":\"1.0.0\"}".utf8)]
    func blob(_ bytes: [UInt8], _ type: String) -> String {
      let digest = ImageDigest(of: bytes)
      files["blobs/sha256/\(digest.digits)"] = bytes
      return "{\"mediaType\":\"\(type)\",\"digest\":\"\(digest)\",\"size\":\(bytes.count)}"
    }
    let prefix = "application/vnd.oci.image"
    let config = blob(configuration, "\(prefix).config.v1+json")
    var packed: [String] = []
    for layer in layers { packed.append(blob(try pack(layer), "\(prefix).layer.v1.tar+gzip")) }
    let manifest = blob(
      Array("{\"schemaVersion\":2,\"config\":\(config),\"layers\":[\(packed.joined(separator: ","))]}".utf8),
      "\(prefix).manifest.v1+json")
    files["index.json"] = Array("{\"schemaVersion\":2,\"manifests\":[\(manifest)]}".utf8)
    return files
  }

  /// A real image with a static busybox.
  static func busybox() throws -> TestImage {
    let program = try Data(contentsOf: URL(fileURLWithPath: "/bin/busybox"))
    let base = TestArchive.make { archive in
      archive.directory("bin")
      archive.add("bin/busybox", Array(program), mode: 0o755)
      archive.hardLink("bin/sh", to: "bin/busybox")
      archive.link("bin/cat", to: "busybox")
      archive.directory("etc")
      archive.add("etc/secret", text: "lower")
      archive.directory("data")
      archive.add("data/old", text: "old")
      archive.add("data/gone", text: "gone")
    }
    let top = TestArchive.make { archive in
      archive.add("etc/.wh.secret")
      archive.add("etc/motd", text: "upper\n")
      archive.directory("data")
      archive.add("data/new", text: "new")
      archive.add("data/.wh..wh..opq")
    }
    return TestImage(layers: [base, top])
  }
}

extension ImageFixture {
  /// Writes the files of a layout and returns its directory.
  func directory(_ files: [String: [UInt8]]) throws -> String {
    let path = "\(directory)/layout"
    try? DirectoryTree.remove(path: path)
    try FileManager.default.createDirectory(atPath: "\(path)/blobs/sha256", withIntermediateDirectories: true)
    for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
    return path
  }

  /// Packs bytes with gzip.
  func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: packed(bytes))))
  }
}
