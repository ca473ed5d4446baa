// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
// The emulator's process links neither Swift Concurrency nor the regular expressions, which Swift imports by itself:
// loading them takes 1.5 ms of every start.
let lean: [SwiftSetting] =
    strict + [
        .unsafeFlags([
            "-Xfrontend", "-disable-implicit-concurrency-module-import",
            "-Xfrontend", "-disable-implicit-string-processing-module-import",
        ])
    ]
// Where an installed program finds the core and Swift's runtime libraries; Scripts/install puts them there.
let installed: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/bsduser"])]
let hot: [SwiftSetting] = lean + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]
/// The test bundle holds all plugins, each with its entry point.
let plugins: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "muldefs"])]
/// For tests that run millions of steps: debug builds of them would take minutes.
let quick: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]
let core: Target.Dependency = .product(name: "BSDUserCore", package: "Core")

let package = Package(
    name: "bsduser",
    products: [
        .executable(name: "bsduser", targets: ["bsduser"]),
        .executable(name: "bsduserctl", targets: ["bsduserctl"]),
        .library(name: "bsduser-host-programs", type: .dynamic, targets: ["HostPrograms"]),
        .library(name: "aarch64", type: .dynamic, targets: ["AArch64"]),
        .library(name: "mips64", type: .dynamic, targets: ["MIPS64"]),
    ],
    dependencies: [
        .package(path: "Core"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .target(
            name: "HostPrograms", path: "Driver/HostPrograms",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "DriverOptions", path: "Driver/Options", swiftSettings: lean),
        .executableTarget(
            name: "bsduser", dependencies: [core, "DriverOptions"], path: "Driver/Program", swiftSettings: lean,
            linkerSettings: installed),
        .executableTarget(
            name: "bsduserctl",
            dependencies: [
                core, "DriverOptions", "ConformanceRunner",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Control", swiftSettings: strict, linkerSettings: installed),
        .target(
            name: "ConformanceSpawn", path: "Conformance/Spawn",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(
            name: "ConformanceRunner", dependencies: [core, "ConformanceSpawn"], path: "Conformance/Runner",
            swiftSettings: quick),
        .target(name: "AArch64", dependencies: [core], path: "Arches/aarch64", swiftSettings: hot),
        .target(name: "MIPS64", dependencies: [core], path: "Arches/mips64", swiftSettings: hot),
        .testTarget(
            name: "DriverTests", dependencies: [core, "DriverOptions", "bsduserctl", "TestSupport"],
            path: "Tests/DriverTests",
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: [core], path: "Tests/Support", exclude: ["Data"], swiftSettings: quick),
        .testTarget(
            name: "CoreTests", dependencies: [core, "TestSupport"], path: "Tests/CoreTests", swiftSettings: strict),
        .testTarget(
            name: "AArch64Tests", dependencies: [core, "AArch64", "TestSupport"], path: "Tests/ArchTests/aarch64",
            swiftSettings: quick, linkerSettings: plugins),
        .testTarget(
            name: "MIPS64Tests", dependencies: [core, "MIPS64", "TestSupport"], path: "Tests/ArchTests/mips64",
            swiftSettings: quick),
        .testTarget(
            name: "ConformanceTests", dependencies: [core, "ConformanceRunner", "MIPS64", "TestSupport"],
            path: "Tests/ConformanceTests", swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["DriverOptions", "TestSupport"], path: "Tests/IntegrationTests",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
