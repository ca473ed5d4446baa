/// Ciphers and hash functions on the host's instructions for them, where it has them.
extension BlockEmitter {
    // MARK: AES, and products of polynomials

    func lowerCipher(_ kind: VectorBinary, _ operation: Operation, _ size: Int) -> Bool {
        switch kind {
        case .mulPolynomialLow, .mulPolynomialHigh:
            guard size == 3, pins.features.contains(.polynomials) else { return false }
            let (a, b) = (reachable(useXMM(operation.a)), reachable(useXMM(operation.b)))
            let result = temporaryXMM()
            assembler.packed(.mulPolynomial, result, a, b, immediate: kind == .mulPolynomialLow ? 0x00 : 0x11)
            finish(result)
        default:
            guard pins.features.contains(.aes) else { return false }
            lowerCipherRound(operation, kind == .aesEncrypt ? .aesEncryptLast : .aesDecryptLast)
        }
        return true
    }

    /// The host adds its round key last: the guest's is added before, and the host's is zero.
    private func lowerCipherRound(_ operation: Operation, _ round: PackedOpcode) {
        let (state, key) = (useXMM(operation.a), useXMM(operation.b))
        let (result, zero) = (temporaryXMM(), temporaryXMM())
        assembler.packed(.xor, result, state, key)
        assembler.zero(zero)
        assembler.packed(round, result, result, zero)
        finish(result)
    }

    func lowerMixColumns(_ operation: Operation) -> Bool {
        guard pins.features.contains(.aes) else { return false }
        let isInverse = operation.c == VectorUnary.aesInverseMixColumns.rawValue
        if values[current].traits.contains(.folded) {
            let round = operations[Int(values[current].constant)]
            if isInverse { return lowerInverseRound(round) }
            lowerCipherRound(round, .aesEncrypt)
            return true
        }
        let source = reachable(useXMM(operation.a))
        let result = temporaryXMM()
        if isInverse {
            assembler.packed(.aesInverseMixColumns, result, source)
        } else {
            // A round that the last round's inverse comes before.
            let zero = temporaryXMM()
            assembler.zero(zero)
            assembler.packed(.aesDecryptLast, result, source, zero)
            assembler.packed(.aesEncrypt, result, result, zero)
        }
        finish(result)
        return true
    }

    private func lowerInverseRound(_ round: Operation) -> Bool {
        lowerCipherRound(round, .aesDecrypt)
        return true
    }

    /// The result of the operation is in a temporary.
    func finish(_ result: XMM) {
        let destination = defineXMM(prefer: result)
        move(HostRegister(destination), HostRegister(result))
    }

    // MARK: SHA-1 and SHA-256

    func lowerVectorHash(_ operation: Operation) -> Bool {
        guard pins.features.contains(.sha), let kind = VectorHash(rawValue: operation.flags) else { return false }
        switch kind {
        case .sha1Choose: lowerSHA1(operation, function: 0, .sha1Choose)
        case .sha1Parity: lowerSHA1(operation, function: 1, .sha1Parity)
        case .sha1Majority: lowerSHA1(operation, function: 2, .sha1Majority)
        case .sha256Low, .sha256High: lowerSHA256(operation, isLow: kind == .sha256Low)
        case .sha256Schedule0:
            let (words, next) = (useXMM(operation.a), reachable(useXMM(operation.b)))
            let result = temporaryXMM()
            assembler.movaps(result, words)
            assembler.sha256Schedule0(result, next)
            finish(result)
        case .sha256Schedule1:
            let (words, middle, last) = (useXMM(operation.a), useXMM(operation.b), reachable(useXMM(operation.c)))
            let result = temporaryXMM()
            assembler.packed(.alignRight, result, last, middle, immediate: 4)
            assembler.packed(.add(2), result, result, words)
            assembler.sha256Schedule1(result, last)
            finish(result)
        }
        return true
    }

    /// The host has the words in the opposite order, adds the constant itself, and wants e in the first word of the schedule.
    private func lowerSHA1(_ operation: Operation, function: UInt8, _ constant: HeaderConstant) {
        let (words, fifth, schedule) = (useXMM(operation.a), useXMM(operation.b), useXMM(operation.c))
        let (sums, state) = (temporaryXMM(), temporaryXMM())
        assembler.insertSingle(sums, fifth, fifth, control: 0x0E)
        assembler.packed(.add(2), sums, sums, schedule)
        assembler.packed(.sub(2), sums, sums, constant.address)
        assembler.packed(.shuffleDwords, sums, sums, immediate: 0x1B)
        assembler.packed(.shuffleDwords, state, words, immediate: 0x1B)
        assembler.sha1Rounds(state, sums, function: function)
        assembler.packed(.shuffleDwords, defineXMM(), state, immediate: 0x1B)
    }

    /// The host has the words f, e, b, a and h, g, d, c; two rounds make the former out of both, and the latter is what the
    /// former was.
    private func lowerSHA256(_ operation: Operation, isLow: Bool) {
        let schedule = XMM(code: 0)
        let implicit = BlockEmitter.mask(schedule)
        let first = useXMM(operation.a, avoiding: implicit)
        let second = useXMM(operation.b, avoiding: implicit)
        let words = useXMM(operation.c, avoiding: implicit)
        locked |= implicit
        evict(HostRegister(schedule))
        assembler.movaps(schedule, words)
        unlock(HostRegister(words))
        let (low, high) = isLow ? (first, second) : (second, first)
        let (upper, lower) = (temporaryXMM(), temporaryXMM())
        assembler.shuffleSingles(upper, high, low, control: 0x11)
        assembler.shuffleSingles(lower, high, low, control: 0xBB)
        unlock(HostRegister(first))
        unlock(HostRegister(second))
        assembler.sha256Rounds(lower, upper)
        assembler.shiftBytes(.right, schedule, schedule, 8)
        assembler.sha256Rounds(upper, lower)
        assembler.shuffleSingles(defineXMM(), upper, lower, control: isLow ? 0xBB : 0x11)
    }
}
