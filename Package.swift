// swift-tools-version: 6.2
import Foundation
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
let core: Target.Dependency = .product(name: "BSDUserCore", package: "Core")
// The emulator holds the core and Swift's library: so a start takes a third less time, and a fork a quarter. Plugins take both
// from the program, which exports them (chost_library.h). Swift's library for that lies beside the one that this manifest
// runs with; where a toolchain has none, the emulator loads both, as any program does.
let staticRuntime: String? = {
    // To build the other kind all the same.
    guard Context.environment["BSDUSER_SHARED_CORE"] == nil,
        let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8),
        let place = maps.range(of: #"/[^\n]*?(?=/lib/swift/)"#, options: .regularExpression)
    else { return nil }
    let needed = ["/lib/swift_static/linux/libswiftCore.a", "/bin/ld.lld"]
    let isThere = needed.allSatisfy { FileManager.default.fileExists(atPath: maps[place] + $0) }
    return isThere ? maps[place] + "/lib/swift_static" : nil
}()
/// The C++ library that Swift's is written with, in the program as well where there is an archive of it.
let cxxLibrary: String = {
    let folders = FileManager.default.enumerator(atPath: "/usr/lib/gcc")
    let isThere = folders?.contains { ($0 as? String)?.hasSuffix("/libstdc++.a") == true } ?? false
    return isThere ? "-l:libstdc++.a" : "-lstdc++"
}()
func linker(_ options: [String]) -> [String] { options.flatMap { ["-Xlinker", $0] } }
let emulatorCore: Target.Dependency =
    staticRuntime == nil ? core : .product(name: "BSDUserCoreStatic", package: "Core")
let selfContained: [LinkerSetting] =
    staticRuntime.map { directory in
        return [
            .unsafeFlags(
                [
                    "-resource-dir", directory, "-no-toolchain-stdlib-rpath", "-use-ld=lld", "-Xclang-linker",
                    "-static-libgcc",
                ]
                    + linker(["--export-dynamic", "-z", "now", "-z", "pack-relative-relocs", cxxLibrary])
                    // Plugins written in C++ have a library of their own.
                    + linker(["--exclude-libs=libstdc++.a:libgcc.a:libgcc_eh.a"])
                    // Whatever a plugin may want of the library, not only what the program does.
                    + linker(["--undefined-glob=$s*", "--undefined-glob=swift_*", "--undefined-glob=_swift*"]))
        ]
    } ?? []
let hot: [SwiftSetting] = lean + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]
/// The test bundle holds all plugins, each with its entry point.
let plugins: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "muldefs"])]
/// For tests that run millions of steps: debug builds of them would take minutes.
let quick: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]

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
            name: "bsduser",
            dependencies: [emulatorCore, "DriverOptions"],
            path: "Driver/Program", swiftSettings: lean, linkerSettings: installed + selfContained),
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
