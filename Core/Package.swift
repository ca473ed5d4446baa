// swift-tools-version: 6.2
import PackageDescription

// The core is a package of its own with one dynamic product. In one package with the plugins, SwiftPM would
// link a private copy of the core into each of them: two copies of every global, and failing casts.
let package = Package(
    name: "Core",
    products: [
        .library(name: "BSDUserCore", type: .dynamic, targets: ["BSDUserCore"]),
        .library(name: "BSDUserCoreStatic", type: .static, targets: ["BSDUserCore"]),
    ],
    targets: [
        .systemLibrary(name: "CLibelf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
        .systemLibrary(name: "CCapstone", providers: [.apt(["libcapstone-dev"])]),
        .target(
            name: "CHost",
            cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror", "-march=x86-64-v2"])]
        ),
        .target(
            name: "BSDUserCore",
            dependencies: ["CHost", "CLibelf", "CCapstone"],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .unsafeFlags(["-enforce-exclusivity=unchecked"]),
                // Loading the two modules that Swift imports by itself takes 1.5 ms of every start.
                .unsafeFlags([
                    "-Xfrontend", "-disable-implicit-concurrency-module-import",
                    "-Xfrontend", "-disable-implicit-string-processing-module-import",
                ]),
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
