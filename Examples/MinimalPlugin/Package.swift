// swift-tools-version: 6.2
import PackageDescription

// A plugin outside bsduser's own package. It depends on the core and on nothing else; an installed core
// would be named by its path here, PREFIX/share/bsduser/Core.

// Swift imports concurrency and regular expressions by itself, whose libraries the emulator would load for the plugin.
let lean: SwiftSetting = .unsafeFlags([
    "-Xfrontend", "-disable-implicit-concurrency-module-import",
    "-Xfrontend", "-disable-implicit-string-processing-module-import",
])

let package = Package(
    name: "MinimalPlugin",
    products: [
        .library(name: "toy", type: .dynamic, targets: ["Toy"]),
        .executable(name: "toyas", targets: ["toyas"]),
    ],
    dependencies: [
        .package(path: "../../Core")
    ],
    targets: [
        .target(
            name: "Toy", dependencies: [.product(name: "BSDUserCore", package: "Core")],
            swiftSettings: [.treatAllWarnings(as: .error), lean]),
        .executableTarget(name: "toyas", swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)
