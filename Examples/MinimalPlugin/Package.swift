// swift-tools-version: 6.2
import PackageDescription

// A plugin outside bsduser's own package. It depends on the core and on nothing else; an installed core
// would be named by its path here, PREFIX/share/bsduser/Core.
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
            swiftSettings: [.treatAllWarnings(as: .error)]),
        .executableTarget(name: "toyas", swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)
