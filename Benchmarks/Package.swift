// swift-tools-version: 6.2
import PackageDescription

// The benchmarks call what the components call, which is visible inside their package only. A package is known to the
// compiler by the name of its directory, as the package manager spells it. `packageAccess: false` keeps the name of this
// package from being added.
let directory = Context.packageDirectory.split(separator: "/").dropLast().last ?? "symbiont"
let packageName = String(directory.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .unsafeFlags(["-package-name", packageName]),
]

func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["Measuring"] + dependencies, packageAccess: false, swiftSettings: settings)
}

let runtime: [Target.Dependency] =
  ["SymbiontRuntime", "SymbiontLanguage", "SymbiontStore", "SymbiontCore"].map {
    .product(name: $0, package: "symbiont")
  }
  + [.product(name: "Logging", package: "swift-log")]

// Run with `swift run -c release <benchmark>`; each prints one line of JSON for each measurement.
let package = Package(
  name: "benchmarks",
  dependencies: [
    .package(name: "symbiont", path: ".."),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .target(name: "Measuring", packageAccess: false, swiftSettings: settings),
    .target(
      name: "CSQLitePeer", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("sqlite3")]),
    benchmark("FrontEndBenchmark", [.product(name: "SymbiontLanguage", package: "symbiont")]),
    benchmark("MachineBenchmark", [.product(name: "SymbiontLanguage", package: "symbiont")]),
    benchmark("EffectBenchmark", runtime),
    .target(name: "CMalloc"),
    benchmark("DensityBenchmark", ["CMalloc"] + runtime),
    benchmark("AgentBenchmark", ["CMalloc"] + runtime),
    benchmark(
      "SandboxBenchmark",
      ["CMalloc"]
        + ["SymbiontSandbox", "SymbiontStore", "SymbiontCore"].map { .product(name: $0, package: "symbiont") }
        + [.product(name: "Logging", package: "swift-log")]),
    .target(name: "CRedisPeer", cSettings: [.unsafeFlags(["-O2"])]),
    benchmark(
      "BusBenchmark",
      ["CRedisPeer", .product(name: "Crypto", package: "swift-crypto")]
        + ["SymbiontMessaging", "SymbiontStore", "SymbiontCore"].map { .product(name: $0, package: "symbiont") }),
    benchmark(
      "SchedulerBenchmark",
      ["SymbiontScheduling", "SymbiontStore", "SymbiontCore"].map { .product(name: $0, package: "symbiont") }
        + [.product(name: "Logging", package: "swift-log")]),
    benchmark("StoreBenchmark", ["CSQLitePeer", .product(name: "SymbiontStore", package: "symbiont")]),
    benchmark(
      "RecoveryBenchmark",
      ["CSQLitePeer"]
        + ["SymbiontRecovery", "SymbiontStore", "SymbiontCore"].map { .product(name: $0, package: "symbiont") }),
  ],
  swiftLanguageModes: [.v6]
)
