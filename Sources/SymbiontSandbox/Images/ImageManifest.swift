import FoundationEssentials

/// The documents of images, as far as they are used.
///
/// See the OCI image specification 1.1 ("Image Index", "Image Manifest", "Image Configuration"); Docker's older forms have
/// the same fields.
enum ImageDocument {
  /// Where a part of an image is, and what it is.
  struct Reference: Decodable {
    var mediaType: String?
    var digest: String
    var size: UInt64
    var platform: Platform?
  }

  /// The machine that an image is for.
  struct Platform: Decodable {
    var architecture: String
    var os: String
  }

  /// A list of images, one for each kind of machine.
  struct Index: Decodable {
    var manifests: [Reference]
  }

  /// The parts of an image.
  struct Manifest: Decodable {
    var config: Reference
    var layers: [Reference]
  }

  /// What `docker save` writes: the images of the archive.
  struct SavedImage: Decodable {
    var config: String
    var layers: [String]

    private enum CodingKeys: String, CodingKey {
      case config = "Config"
      case layers = "Layers"
    }
  }

  /// The configuration of an image.
  struct Configuration: Decodable {
    struct RootFileSystem: Decodable {
      var diffIDs: [String]

      private enum CodingKeys: String, CodingKey {
        case diffIDs = "diff_ids"
      }
    }

    struct Defaults: Decodable {
      var environment: [String]?
      var entrypoint: [String]?
      var command: [String]?
      var workingDirectory: String?

      private enum CodingKeys: String, CodingKey {
        case environment = "Env"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case workingDirectory = "WorkingDir"
      }
    }

    var architecture: String?
    var os: String?
    var created: String?
    var config: Defaults?
    var rootFileSystem: RootFileSystem

    private enum CodingKeys: String, CodingKey {
      case architecture, os, created, config
      case rootFileSystem = "rootfs"
    }
  }

  /// Reads a document.
  static func read<Document: Decodable>(
    _ type: Document.Type, _ bytes: [UInt8], _ name: String
  ) throws(ImageError) -> Document {
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw .invalid("its `\(name)` is not the JSON that it should be")
    }
  }

  /// The name that images have for this machine's processor.
  static let architecture: String = {
    #if arch(x86_64)
      "amd64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }()
}
