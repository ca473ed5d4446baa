import Testing

@testable import DriverOptions

private func text(_ bytes: Bytes?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct Numbers {
    @Test(arguments: [
        ("0", 0), ("1", 1), ("0x10", 16), ("0XfF", 255), ("18446744073709551615", UInt64.max),
        ("0xffffffffffffffff", UInt64.max), ("007", 7),
    ])
    func plainNumbersAreDecimalOrHexadecimal(text: String, value: UInt64) {
        #expect(Number.plain(Bytes(text: text)) == value)
    }

    @Test(arguments: [
        "", "-1", "+1", " 1", "1 ", "0x", "x", "1x", "12a", "18446744073709551616", "0x10000000000000000", "1.5", "٣",
    ])
    func otherTextIsNoNumber(text: String) {
        #expect(Number.plain(Bytes(text: text)) == nil)
        #expect(Number.size(Bytes(text: text)) == nil)
    }

    @Test(arguments: [
        ("4096", 4096), ("8k", 8192), ("8K", 8192), ("3m", 3 << 20), ("3M", 3 << 20), ("2g", 2 << 30),
        ("2G", 2 << 30), ("0x10k", 16384), ("17179869183G", 17_179_869_183 << 30),
    ])
    func sizesTakeUnits(text: String, value: UInt64) {
        #expect(Number.size(Bytes(text: text)) == value)
    }

    @Test(arguments: ["k", "8kk", "8 k", "8P", "8kB", "17179869184G", "-8k", "1.5M"])
    func otherTextIsNoSize(text: String) {
        #expect(Number.size(Bytes(text: text)) == nil)
    }
}

@Suite struct Values {
    @Test(arguments: ["abc", "-1", "", "8P", "99999999999999999999"])
    func aMalformedStackSizeNamesTheOptionAndTheForm(value: String) {
        #expect(refusal("-s", value, "prog") == "-s needs a size such as 8M, 512k or 0x800000, not '\(value)'")
    }

    @Test(arguments: ["0", "1", "65535", "65G"])
    func stackSizesOutOfBoundsAreRefused(value: String) {
        #expect(refusal("-s", value, "prog") == "-s needs a size from 64k to 64G, not '\(value)'")
    }

    @Test(arguments: [("64k", 64 << 10), ("0x800000", 8 << 20), ("64G", 64 << 30)])
    func stackSizesAreRead(value: String, bytes: UInt64) throws {
        #expect(try options("-s", value, "prog").stackSizeBytes == bytes)
    }

    @Test func addressSpaceSizesAreWholePages() throws {
        #expect(try options("-R", "4G", "prog").reservedAddressSpaceBytes == 4 << 30)
        #expect(try options("-R", "64T", "prog").reservedAddressSpaceBytes == 64 << 40)
        #expect(refusal("-R", "16777217", "p") == "-R needs a multiple of 4096 of at least 16M, not '16777217'")
        #expect(refusal("-R", "1M", "p") == "-R needs a multiple of 4096 of at least 16M, not '1M'")
    }

    @Test func onlyAGuestBaseOfZeroIsPossible() throws {
        _ = try options("-B", "0", "prog")
        _ = try options("-B", "0x0", "prog")
        #expect(refusal("-B", "0x100000000000", "p")?.hasPrefix("-B: guest addresses equal host addresses") == true)
        #expect(refusal("-B", "high", "p") == "-B needs a 64-bit address such as 0x100000000, not 'high'")
        #expect(refusal("-B", "0x1ffffffffffffffff", "p")?.contains("64-bit address") == true)
    }

    @Test func onlyTheHostsOwnPageSizeIsPossible() throws {
        _ = try options("-p", "4096", "prog")
        _ = try options("-p", "4k", "prog")
        #expect(refusal("-p", "8192", "p")?.hasPrefix("-p: the host's pages are 4096 bytes") == true)
    }

    @Test func theSeedIsA64BitNumber() throws {
        #expect(try options("-seed", "0xffffffffffffffff", "prog").randomSeed == UInt64.max)
        #expect(refusal("-seed", "dice", "p") == "-seed needs a number such as 42 or 0x2a, not 'dice'")
    }

    @Test func theCPUModelIsTakenAsItStands() throws {
        #expect(text(try options("-cpu", "5KEf,+f,-g", "prog").cpuModel) == "5KEf,+f,-g")
    }

    @Test(arguments: [
        ("13.2-RELEASE-p1", "13.2-RELEASE-p1", 1_302_000), ("12.4", "12.4-RELEASE", 1_204_000),
        ("9.3-STABLE", "9.3-STABLE", 903_000), ("14.0-CURRENT", "14.0-CURRENT", 1_400_000),
    ])
    func releasesHaveANameAndANumber(value: String, name: String, number: Int32) throws {
        let release = try options("-r", value, "prog").release
        #expect(release?.name == name)
        #expect(release?.version == number)
    }

    @Test(arguments: ["13", "x", "13.x-RELEASE", "-RELEASE", "0.1", "13.2 RELEASE", "100.1", "13.2.1"])
    func otherTextIsNoRelease(value: String) {
        #expect(refusal("-r", value, "p") == "-r needs a release such as 13.2-RELEASE, not '\(value)'")
    }

    @Test func pathsBecomeAbsolute() throws {
        let run = try options("-L", "root", "-D", "log.%d", "--arch-plugin", "./a.so", "prog")
        #expect(text(run.sysroot) == "/home/me/root")
        #expect(text(run.logFile) == "/home/me/log.%d")
        #expect(text(run.archPlugin) == "/home/me/./a.so")
        #expect(text(run.program) == "prog")
    }

    @Test func aPluginNameStaysAName() throws {
        #expect(text(try options("--arch-plugin", "mips64.so", "prog").archPlugin) == "mips64.so")
        #expect(refusal("--arch-plugin", "", "prog") == "--arch-plugin needs the file of a plugin or its name, not ''")
    }

    @Test func pluginPathsAddUpAndALaterOneIsSearchedFirst() throws {
        let run = try options(
            "--plugin-path", "a:/b", "--plugin-path", "::c", "prog", environment: ["BSDUSER_PLUGINS=/e:/f"])
        #expect(
            run.pluginDirectories.map(text) == ["/home/me/c", "/home/me/a", "/b", "/e", "/f"])
    }

    @Test func aListOfNothingNamesNoDirectory() throws {
        #expect(
            try options("--plugin-path", "::", "prog", environment: ["BSDUSER_PLUGINS=:"]).pluginDirectories.isEmpty)
    }

    @Test(arguments: ["0", "65536", "99999999"])
    func aPortOutOfRangeIsRefused(port: String) {
        #expect(refusal("-g", port, "p") == "-g needs a port from 1 to 65535 or the path of a socket, not '\(port)'")
    }

    @Test(arguments: ["1234", "/run/gdb.sock"])
    func waitingForADebuggerIsRefusedAndNotIgnored(place: String) {
        #expect(
            refusal("-g", place, "p") == "-g: waiting for a debugger is not supported yet; leave the option out")
    }

    @Test func messagesShowControlBytesAsEscapes() {
        #expect(refusal("-s", "1\n\u{7}2", "p")?.hasSuffix("not '1\\x0a\\x072'") == true)
    }
}

@Suite struct Tracing {
    @Test(arguments: ["-strace", "--strace"])
    func withoutAValueEverythingIsTraced(flag: String) throws {
        #expect(try options(flag, "prog").trace == TraceOptions())
    }

    @Test func jsonAndNames() throws {
        #expect(try options("-strace=json", "prog").trace == TraceOptions(isJSON: true))
        #expect(
            try options("-strace=open,read", "prog").trace
                == TraceOptions(names: ["open", "read"].map(Bytes.init(text:))))
        #expect(
            try options("--strace=json,!open,read", "prog").trace
                == TraceOptions(isJSON: true, names: ["open", "read"].map(Bytes.init(text:)), isInverted: true))
    }

    @Test func theLengthOfBuffersHasABound() throws {
        #expect(try options("-strace-length", "4096", "prog").traceBufferBytes == 4096)
        #expect(try options("prog").traceBufferBytes == nil)
        #expect(refusal("-strace-length", "1048577", "p")?.hasPrefix("-strace-length needs a number up to") == true)
    }

    @Test func theNextArgumentIsTheProgram() throws {
        #expect(text(try options("-strace", "json").program) == "json")
    }

    @Test(arguments: ["", ",", "open,", "!", "a b", "open,!read", "json,"])
    func malformedSelectionsAreRefused(value: String) {
        #expect(
            refusal("-strace=\(value)", "prog")
                == "-strace needs json, or names of system calls separated by commas, not '\(value)'")
    }

    @Test func logItemsAddUpAndUnknownOnesAreNamed() throws {
        #expect(try options("-d", "op,in_asm", "-d", "strace", "p").logItems.map(text) == ["op", "in_asm", "strace"])
        #expect(refusal("-d", "op,mmu", "p") == "-d: 'mmu' is no log item; 'bsduser -d help' lists them")
        #expect(refusal("-d", "", "p") == "-d needs a value (ITEMS), not ''")
    }
}

@Suite struct PlacesOfTheCache {
    private func directory(_ variables: String...) -> String? {
        let environment = variables.map(Bytes.init(text:))
        return TranslationCacheChoice(environment: environment).directory(environment: environment)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theVariableComesFirstUnlessItIsEmpty() {
        #expect(directory("HOME=/h", "XDG_CACHE_HOME=/x", "BSDUSER_CACHE=/c") == "/c")
        #expect(directory("HOME=/h", "XDG_CACHE_HOME=/x", "BSDUSER_CACHE=") == "/x/bsduser/translations")
        #expect(directory("HOME=/h", "XDG_CACHE_HOME=", "BSDUSER_CACHE=") == "/h/.cache/bsduser/translations")
        #expect(directory("HOME=/h", "BSDUSER_CACHE=off") == nil)
    }

    @Test func relativePathsAreNone() {
        #expect(directory("HOME=/h", "XDG_CACHE_HOME=x") == "/h/.cache/bsduser/translations")
        #expect(directory("HOME=h", "XDG_CACHE_HOME=x") == nil)
    }

    @Test func whatIsWrongWithEachVariableIsSaid() {
        let environment = ["HOME=h\n", "XDG_CACHE_HOME="].map(Bytes.init(text:))
        #expect(
            CacheHome.absence(environment: environment)
                == "XDG_CACHE_HOME is not set and HOME is 'h\\x0a', no absolute path, so nothing says where the cache is; "
                + "set HOME to your home directory")
    }
}
