import Foundation
import Testing

@testable import BSDUserCore

/// A directory of its own for one test, removed with the object.
private final class Scratch {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var bytes: [UInt8] { Array(url.path.utf8) }

    func path(_ name: String) -> [UInt8] { bytes + Array("/\(name)".utf8) }

    func write(_ data: Data, _ name: String) throws {
        try data.write(to: url.appending(path: name))
    }

    /// Compiles C to a shared object.
    func build(_ source: String, _ name: String) throws {
        try write(Data(source.utf8), "source.c")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["clang", "-shared", "-fPIC", "-o", name, "source.c"]
        process.currentDirectoryURL = url
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}

/// The record of a plugin in C, with fields to go wrong in.
private func pluginSource(
    magic: UInt64 = PluginRecord.magic, abi: UInt32 = PluginVersion.abi,
    fingerprint: UInt32 = PluginVersion.layoutFingerprint, identity: String = "\(PluginVersion.coreIdentity)"
) -> String {
    """
    #include <stdint.h>
    static char marker;
    static struct {
        uint64_t magic; uint32_t abi, fingerprint; const char *identity; uint64_t bytes; void *marker, *factory;
    } record = { \(magic)u, \(abi)u, \(fingerprint)u, "\(identity)", sizeof "\(identity)" - 1, &marker, &marker };
    void *bsduser_plugin(void) { return &record; }
    """
}

private func failure(_ body: () throws(PluginFailure) -> LoadedPlugin) -> PluginFailure? {
    do throws(PluginFailure) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

@Suite struct PluginFiles {
    private let scratch: Scratch
    private let loader: PluginLoader

    init() throws {
        scratch = try Scratch()
        loader = PluginLoader(directories: [scratch.bytes], executable: Array("/nonexistent/bin/bsduser".utf8))
    }

    private func refusal(of name: String) -> PluginFailure? {
        failure { () throws(PluginFailure) in try loader.load(named: scratch.path(name)) }
    }

    @Test func aMissingFileEndsWith127() {
        let problem = refusal(of: "none.so")
        #expect(problem?.exitStatus == 127)
        #expect(problem?.message.hasSuffix("none.so does not exist") == true)
    }

    @Test func aMissingNameSaysWhereItWasLookedFor() {
        let problem = failure { () throws(PluginFailure) in try loader.load(named: Array("none".utf8)) }
        #expect(problem?.exitStatus == 127)
        #expect(
            problem?.message == "no plugin 'none'; looked in \(scratch.url.path), /nonexistent/bin, "
                + "/nonexistent/lib/bsduser; --plugin-path or $BSDUSER_PLUGINS names more places")
    }

    @Test func aDirectoryIsNoPlugin() {
        let problem = failure { () throws(PluginFailure) in try loader.load(named: scratch.path("")) }
        #expect(problem?.exitStatus == 126)
        #expect(problem?.message.hasSuffix("is not a regular file") == true)
    }

    @Test(arguments: ["", "x", "\u{7F}ELF", "#!/bin/sh\n" + String(repeating: "x", count: 100)])
    func textIsNoPlugin(text: String) throws {
        try scratch.write(Data(text.utf8), "text.so")
        let problem = refusal(of: "text.so")
        #expect(problem?.exitStatus == 126)
        #expect(
            problem?.message.hasSuffix("text.so is not an ELF file; build or install it again, or name another") == true
        )
    }

    @Test func anExecutableIsNoPlugin() throws {
        var data = try Data(contentsOf: URL(filePath: "/bin/true"))
        data[16] = 2
        try scratch.write(data, "program.so")
        #expect(
            refusal(of: "program.so")?.message.hasSuffix(
                "is not a shared object for x86-64; build or install it again, or name another") == true)
    }

    @Test func aLibraryThatExportsNothingForUsIsNoPlugin() throws {
        try scratch.build("int other;", "other.so")
        let problem = refusal(of: "other.so")
        #expect(problem?.exitStatus == 126)
        #expect(
            problem?.message.hasSuffix("is not a bsduser plugin: it exports no bsduser_plugin") == true)
    }

    @Test func anotherABIVersionNamesBothSides() throws {
        try scratch.build(pluginSource(abi: 99), "new.so")
        let problem = refusal(of: "new.so")
        #expect(problem?.exitStatus == 126)
        #expect(
            problem?.message.hasSuffix(
                "speaks plugin ABI 99, this bsduser speaks ABI \(PluginVersion.abi); build it again against this core")
                == true)
    }

    @Test func anotherCoreNamesBothSides() throws {
        try scratch.build(pluginSource(identity: "core 0, Swift 5"), "old.so")
        #expect(
            refusal(of: "old.so")?.message.contains(
                "was built for 'core 0, Swift 5', this bsduser is '\(PluginVersion.coreIdentity)'") == true)
    }

    @Test func anotherLayoutNamesBothSides() throws {
        try scratch.build(pluginSource(fingerprint: 0xABCD), "layout.so")
        #expect(refusal(of: "layout.so")?.message.contains("another state of the core (abcd, ") == true)
    }

    @Test func aPluginWithACoreOfItsOwnIsRefused() throws {
        try scratch.build(pluginSource(), "copy.so")
        #expect(refusal(of: "copy.so")?.message.contains("carries a copy of the core") == true)
    }

    @Test func aRecordOfSomethingElseIsRefused() throws {
        try scratch.build(pluginSource(magic: 1), "magic.so")
        #expect(refusal(of: "magic.so")?.exitStatus == 126)
        try scratch.build("void *bsduser_plugin(void) { return 0; }", "null.so")
        #expect(refusal(of: "null.so")?.message.contains("returned nothing") == true)
    }

    @Test func aPluginThatDoesNotLinkIsRefused() throws {
        try scratch.build("extern int gone(void); int bsduser_plugin(void) { return gone(); }", "gone.so")
        let problem = refusal(of: "gone.so")
        #expect(problem?.exitStatus == 126)
        #expect(problem?.message.contains("undefined symbol: gone") == true)
        #expect(problem?.message.contains("\n") == false)
    }

    /// No damaged file may reach the dynamic linker, which would end the process by a signal.
    @Test func damagedPluginsAreRefusedOrLoadAsFarAsTheirRecord() throws {
        try scratch.build(pluginSource(abi: 99), "whole.so")
        let whole = try Data(contentsOf: scratch.url.appending(path: "whole.so"))
        for count in stride(from: 0, to: whole.count, by: 97) {
            try scratch.write(whole.prefix(count), "cut.so")
            #expect(refusal(of: "cut.so")?.exitStatus == 126, "cut to \(count) bytes")
        }
    }

    @Test func hostileHeadersAreRefusedWithoutTheDynamicLinker() throws {
        try scratch.build("int other;", "other.so")
        let whole = try Data(contentsOf: scratch.url.appending(path: "other.so"))
        var state: UInt64 = 1
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for round in 0..<500 {
            var bytes = [UInt8](whole)
            for _ in 0..<4 {
                bytes[random(below: 64)] = UInt8(random(below: 256))
            }
            let file = bytes
            let problem = SharedObject.refusal(
                fileBytes: UInt64(file.count), exporting: "bsduser_plugin"
            ) { offset, count in
                guard offset <= UInt64(file.count), count <= file.count - Int(offset) else { return nil }
                return Array(file[Int(offset)..<Int(offset) + count])
            }
            #expect(problem != nil, "round \(round)")
        }
    }
}

@Suite struct PluginSearch {
    @Test func namesAreFoundAsInstalledAndAsBuilt() throws {
        let scratch = try Scratch()
        let loader = PluginLoader(directories: [scratch.bytes], executable: Array("/nonexistent/bin/bsduser".utf8))
        for name in ["toy", "toy.so"] {
            for file in ["toy.so", "libtoy.so"] {
                try scratch.write(Data("x".utf8), file)
                let problem = failure { () throws(PluginFailure) in try loader.load(named: Array(name.utf8)) }
                #expect(
                    problem?.message
                        == "\(scratch.url.path)/\(file) is not an ELF file; build or install it again, or name another")
                try FileManager.default.removeItem(at: scratch.url.appending(path: file))
            }
        }
    }

    @Test func earlierDirectoriesWinAndTheExecutablesComeLast() throws {
        let first = try Scratch()
        let second = try Scratch()
        try FileManager.default.createDirectory(
            at: second.url.appending(path: "bin"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: second.url.appending(path: "lib/bsduser"), withIntermediateDirectories: true)
        let loader = PluginLoader(directories: [first.bytes], executable: second.path("bin/bsduser"))
        #expect(loader.directories == [first.bytes, second.path("bin"), second.path("lib/bsduser")])
        for place in [second.url.appending(path: "lib/bsduser"), second.url.appending(path: "bin"), first.url] {
            try Data("x".utf8).write(to: place.appending(path: "toy.so"))
            let problem = failure { () throws(PluginFailure) in try loader.load(named: Array("toy".utf8)) }
            #expect(
                problem?.message
                    == "\(place.path)/toy.so is not an ELF file; build or install it again, or name another")
        }
    }

    private let registered = PluginLoader(
        executable: Array("/nonexistent/bin/bsduser".utf8),
        registered: [
            PluginFactory { StubArchitecture(name: "little", machine: 8, byteOrder: .little) },
            PluginFactory { StubArchitecture(name: "big", machine: 8) },
        ])

    @Test func aProgramGetsThePluginOfItsMachineAndByteOrder() throws {
        let program = ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .big, flags: 0x1234)
        #expect(try registered.choose(for: program).architecture.description.name == "big")
        #expect(try registered.load(named: Array("little".utf8)).architecture.description.name == "little")
    }

    @Test func aMachineWithoutAPluginIsNamed() {
        let program = ProgramIdentity(machine: 43, is64Bit: true, byteOrder: .big, flags: 0)
        let problem = failure { () throws(PluginFailure) in try registered.choose(for: program) }
        #expect(problem?.exitStatus == 126)
        #expect(
            problem?.message == "no plugin for machine 43 (SPARC V9), 64-bit big-endian; looked in /nonexistent/bin, "
                + "/nonexistent/lib/bsduser; --plugin-path or $BSDUSER_PLUGINS names more places")
    }

    @Test func aBrokenPluginOfTheUsualNameIsWorthMoreThanNone() throws {
        let scratch = try Scratch()
        try scratch.build(pluginSource(abi: 99), "libmips64.so")
        let loader = PluginLoader(directories: [scratch.bytes], executable: Array("/nonexistent/bin/bsduser".utf8))
        let program = ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .big, flags: 0)
        let problem = failure { () throws(PluginFailure) in try loader.choose(for: program) }
        #expect(problem?.message.contains("libmips64.so speaks plugin ABI 99") == true)
    }

    @Test func aPluginOfAnotherNameThatCannotBeLoadedIsNamedWithTheReason() throws {
        let scratch = try Scratch()
        try scratch.build(pluginSource(identity: "core 0, Swift 5"), "toy.so")
        try scratch.build("int other;", "other.so")
        let loader = PluginLoader(directories: [scratch.bytes], executable: Array("/nonexistent/bin/bsduser".utf8))
        let program = ProgramIdentity(machine: 0x544f, is64Bit: true, byteOrder: .big, flags: 0)
        let message = failure { () throws(PluginFailure) in try loader.choose(for: program) }?.message ?? ""
        #expect(message.hasPrefix("no plugin for machine ") && message.contains("; looked in "))
        #expect(message.contains("; plugin \(scratch.url.path)/toy.so was built for 'core 0, Swift 5'"), "\(message)")
        #expect(!message.contains("other.so"))
    }

    @Test func theListPassesOverLibrariesThatAreNoPlugins() throws {
        let scratch = try Scratch()
        try scratch.build("int other;", "other.so")
        try scratch.build(pluginSource(abi: 99), "libmine.so")
        let loader = PluginLoader(directories: [scratch.bytes], executable: Array("/nonexistent/bin/bsduser".utf8))
        #expect(loader.list().map(\.path) == [scratch.path("libmine.so")])
    }

    /// A directory for the emulator's executable, with the one for plugins beside it.
    private func installation(_ scratch: Scratch) throws -> (loader: PluginLoader, plugins: String) {
        for folder in ["bin", "lib/bsduser"] {
            try FileManager.default.createDirectory(
                at: scratch.url.appending(path: folder), withIntermediateDirectories: true)
        }
        return (PluginLoader(executable: scratch.path("bin/bsduser")), "lib/bsduser")
    }

    @Test(arguments: [0, 3, 5000])
    func whatCannotBeAWholeLibraryIsListedWhereverItStands(byteCount: Int) throws {
        let scratch = try Scratch()
        let (loader, folder) = try installation(scratch)
        try scratch.build("int other;", "\(folder)/other.so")
        let whole = try Data(contentsOf: scratch.url.appending(path: "\(folder)/other.so"))
        try scratch.write(whole.prefix(byteCount), "\(folder)/mips64.so")
        try scratch.write(whole, "\(folder)/libBSDUserCore.so")
        let list = loader.list()
        #expect(list.map(\.path) == [scratch.path("\(folder)/mips64.so")])
        let problem = failure { () throws(PluginFailure) in try list[0].plugin.get() }
        #expect(problem?.message.contains("lib/bsduser/mips64.so is ") == true)
        let program = ProgramIdentity(machine: 0x544f, is64Bit: true, byteOrder: .big, flags: 0)
        let none = failure { () throws(PluginFailure) in try loader.choose(for: program) }
        #expect(none?.message.contains(problem?.message ?? "?") == true)
    }

    @Test func aLibraryOfTwoDirectoriesIsNoPluginThatAnotherHides() throws {
        let scratch = try Scratch()
        let (loader, folder) = try installation(scratch)
        for place in ["bin", folder] { try scratch.build("int other;", "\(place)/libother.so") }
        #expect(loader.survey().isEmpty)
    }
}

@Suite struct ProgramIdentities {
    private func header(_ edits: [Int: UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 2, 1, 9] + Array(repeating: 0, count: 56)
        bytes[19] = 8
        bytes.replaceSubrange(48..<52, with: [0x80, 0, 0, 7])
        for (offset, value) in edits { bytes[offset] = value }
        return bytes
    }

    @Test func headersAreReadInTheirByteOrder() {
        let big = ProgramIdentity(header: header([:]))
        #expect(big == ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .big, flags: 0x8000_0007))
        let little = ProgramIdentity(header: header([5: 1, 18: 8, 19: 0]))
        #expect(little == ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .little, flags: 0x0700_0080))
    }

    @Test(arguments: [0: UInt8(0x7E), 1: 0, 4: 0, 5: 3])
    func otherBytesAreNoHeader(offset: Int, value: UInt8) {
        #expect(ProgramIdentity(header: header([offset: value])) == nil)
    }

    @Test func shortFilesHaveNoHeader() {
        #expect(ProgramIdentity(header: []) == nil)
        #expect(ProgramIdentity(header: Array(header([:]).prefix(51))) == nil)
    }

    @Test func flagsDecideWhereAPluginAsksForThem() {
        let identity = ElfIdentity(machine: 8, is64Bit: true, byteOrder: .big, flagsMask: 0xF0, flagsValue: 0x20)
        #expect(identity.accepts(ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .big, flags: 0xF2F)))
        #expect(!identity.accepts(ProgramIdentity(machine: 8, is64Bit: true, byteOrder: .big, flags: 0xF3F)))
    }
}
