import Testing

@testable import BSDUserCore

@Suite struct ArgumentReaderTests {
    @Test(arguments: TestConvention.all)
    func wordsComeFromRegistersThenTheStack(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            try kernel.setArguments(477, (1...12).map { UInt64($0) })
            var reader = kernel.reader()
            #expect(reader.number == 477)
            for expected in 1...12 { #expect(try reader.word(kernel.thread) == UInt64(expected)) }
        }
    }

    @Test(arguments: TestConvention.all)
    func syscallTakesTheNumberFromTheFirstWord(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            // The stack holds the same words as for a direct call; one register less comes before it.
            try kernel.setArguments(0, [20] + (1...11).map { UInt64($0) })
            var reader = kernel.reader()
            #expect(reader.number == 20)
            #expect(!reader.isQuadCall)
            for expected in 1...11 { #expect(try reader.word(kernel.thread) == UInt64(expected)) }
        }
    }

    @Test(arguments: TestConvention.all)
    func quadSyscallTakesTheNumberFromADoubleWord(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            let number: [UInt64]
            if convention.abi.wordBytes == 8 {
                number = [478]
            } else {
                number = convention.abi.byteOrder == .big ? [0, 478] : [478, 0]
            }
            try kernel.setArguments(198, number + [7, 8, 9])
            var reader = kernel.reader()
            #expect(reader.number == 478)
            #expect(reader.isQuadCall)
            for expected in [7, 8, 9] { #expect(try reader.word(kernel.thread) == UInt64(expected)) }
        }
    }

    @Test(arguments: TestConvention.all.filter { $0.abi.wordBytes == 4 })
    func aDoubleWordStartsAtAnEvenWord(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            let isBig = convention.abi.byteOrder == .big
            let pair: [UInt64] = isBig ? [0x1122_3344, 0x5566_7788] : [0x5566_7788, 0x1122_3344]
            // lseek(fd, pad, offset, whence) as the compiler passes it.
            try kernel.setArguments(478, [3, 0xdead] + pair + [2])
            var reader = kernel.reader()
            #expect(try reader.word(kernel.thread) == 3)
            #expect(try reader.doubleWord(kernel.thread) == 0x1122_3344_5566_7788)
            #expect(try reader.word(kernel.thread) == 2)
        }
    }

    @Test(arguments: TestConvention.all.filter { $0.abi.wordBytes == 8 })
    func aDoubleWordIsOneWordOn64Bits(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            try kernel.setArguments(478, [3, .max, 2])
            var reader = kernel.reader()
            #expect(try reader.word(kernel.thread) == 3)
            #expect(try reader.doubleWord(kernel.thread) == .max)
            #expect(try reader.signedWord(kernel.thread) == 2)
        }
    }

    @Test(arguments: TestConvention.all)
    func signedWordsKeepTheirSign(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            try kernel.setArguments(1, [UInt64(bitPattern: -5)])
            var reader = kernel.reader()
            #expect(try reader.signedWord(kernel.thread) == -5)
        }
    }

    @Test func anArgumentOnAStackThatIsNotThereFaults() throws {
        try TestKernel.with(TestConvention.all[2]) { (kernel) throws in
            try kernel.setArguments(477, [1, 2, 3, 4])
            kernel.architecture.stack = 0x3f00_0000
            var reader = kernel.reader()
            for _ in 0..<4 { _ = try reader.word(kernel.thread) }
            #expect(throws: Errno.EFAULT) { try reader.word(kernel.thread) }
        }
    }
}
