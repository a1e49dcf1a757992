// swift-tools-version: 6.2
import PackageDescription

// `SYMBIONT_STRICT=1` (set in CI) turns warnings of our own targets into errors.
let strict = Context.environment["SYMBIONT_STRICT"] == "1"

let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

func component(
  _ name: String, _ dependencies: [Target.Dependency] = [], testing: [Target.Dependency] = []
) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: settings),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name), "SymbiontTesting"] + testing,
      swiftSettings: settings),
  ]
}

/// Of programs that run above root file systems of any origin.
///
/// Sanitizers cannot be linked so: `SYMBIONT_SANITIZE=1` (set by `scripts/sanitize`) leaves it out, and what needs these
/// programs is not run then.
let staticLinking: [LinkerSetting] =
  Context.environment["SYMBIONT_SANITIZE"] == "1"
  ? []
  : [
    // Without the start files of Swift nothing of its runtime is linked: what is C stays small, and starts as process 1.
    .unsafeFlags(["-static-executable", "-nostartfiles", "-Xlinker", "--gc-sections", "-Xlinker", "-s"])
  ]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "symbiont",
  products: [
    .library(name: "SymbiontCore", targets: ["SymbiontCore"]),
    .library(name: "SymbiontLanguage", targets: ["SymbiontLanguage"]),
    .library(name: "SymbiontStore", targets: ["SymbiontStore"]),
    .library(name: "SymbiontMessaging", targets: ["SymbiontMessaging"]),
    .library(name: "SymbiontSandbox", targets: ["SymbiontSandbox"]),
    .library(name: "SymbiontResources", targets: ["SymbiontResources"]),
    .library(name: "SymbiontRecovery", targets: ["SymbiontRecovery"]),
    .library(name: "SymbiontScheduling", targets: ["SymbiontScheduling"]),
    .library(name: "SymbiontRuntime", targets: ["SymbiontRuntime"]),
    .library(name: "SymbiontTesting", targets: ["SymbiontTesting"]),
    .executable(name: "symbi", targets: ["symbi"]),
    .executable(name: "symbi-guest", targets: ["symbi-guest"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
  ],
  targets: [
    .target(
      name: "SymbiontTesting", dependencies: ["SymbiontCore", "SymbiontSandbox", "SymbiontScheduling"],
      swiftSettings: settings),
    // The module of the C library that Swift knows has no `epoll`.
    .target(name: "CEpoll"),
    // Layers of images and payloads of messages are compressed by it.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // What the tests let loose in sandboxes; static for the same reason.
    .executableTarget(name: "sandbox-attacker", path: "Tests/SandboxAttacker", linkerSettings: staticLinking),
    // What the tests of the message bus kill under load.
    .executableTarget(
      name: "messaging-victim", dependencies: ["SymbiontMessaging", "SymbiontStore", "SymbiontCore"],
      path: "Tests/MessagingVictim", swiftSettings: settings),
    // The first process of every sandbox. It is static, because it runs above root file systems of any origin, and in C,
    // because it forks.
    .target(name: "SymbiontGuest"),
    .executableTarget(
      name: "symbi-guest", dependencies: ["SymbiontGuest"], linkerSettings: staticLinking),
    .target(
      name: "SymbiontCommands",
      dependencies: [
        "SymbiontRuntime", "SymbiontLanguage", "SymbiontMessaging", "SymbiontSandbox", "SymbiontStore",
        "SymbiontSystem",
        "SymbiontCore", argumentParser, logging,
      ],
      swiftSettings: settings),
    .executableTarget(name: "symbi", dependencies: ["SymbiontCommands"], swiftSettings: settings),
    // As a program of others would: without access to anything but what is public.
    .executableTarget(
      name: "AgentLifecycle",
      dependencies: [
        "SymbiontCore", "SymbiontMessaging", "SymbiontRecovery", "SymbiontResources", "SymbiontRuntime",
        "SymbiontScheduling",
      ],
      path: "Examples/AgentLifecycle", packageAccess: false, swiftSettings: settings),
    .testTarget(
      name: "SymbiontCommandsTests",
      dependencies: ["AgentLifecycle", "SymbiontCommands", "symbi", "SymbiontTesting"],
      swiftSettings: settings),
  ]
    + component("SymbiontCore")
    + component("SymbiontLanguage", [crypto])
    + component("SymbiontStore", ["SymbiontCore", grdb, collections])
    + component("SymbiontSystem", ["CEpoll"])
    + component("SymbiontRecovery", ["SymbiontCore", "SymbiontStore"])
    + component("SymbiontResources", ["SymbiontCore", "SymbiontStore", "SymbiontSystem", logging])
    + component("SymbiontScheduling", ["SymbiontCore", "SymbiontStore", "SymbiontSystem", logging])
    + component(
      "SymbiontMessaging", ["CZlib", "SymbiontCore", "SymbiontStore", collections, crypto],
      testing: ["messaging-victim"])
    + component(
      "SymbiontSandbox",
      [
        "CZlib", "SymbiontCore", "SymbiontGuest", "SymbiontResources", "SymbiontStore", "SymbiontSystem", "symbi-guest",
        crypto,
        logging, nio, nioPosix, nioHTTP, system, subprocess,
      ], testing: ["sandbox-attacker"])
    + component(
      "SymbiontRuntime",
      [
        "SymbiontCore", "SymbiontLanguage", "SymbiontStore", "SymbiontMessaging", "SymbiontRecovery",
        "SymbiontResources",
        "SymbiontSandbox", "SymbiontScheduling", collections, crypto, logging, serviceLifecycle,
      ]),
  swiftLanguageModes: [.v6]
)
