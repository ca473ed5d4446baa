/// Writes x86-64 instructions at a cursor in memory.
///
/// The assembler checks no bound: the caller reserves room for a group of instructions at once (`remaining`). It has
/// no labels: a forward jump returns the position of its displacement, and `patch...` fills it in later. Positions are
/// addresses in the writable view of the code; displacements depend on their differences only.
struct Assembler {
    private(set) var cursor: UnsafeMutablePointer<UInt8>
    let limit: UnsafeMutablePointer<UInt8>
    /// AVX-512 F, VL, DQ and BW: vector registers 16 to 31 and the EVEX-only conversions may be used.
    let hasAVX512: Bool

    /// The longest instruction, in bytes.
    static var longestInstruction: Int { 15 }

    init(_ buffer: UnsafeMutableBufferPointer<UInt8>, hasAVX512: Bool) {
        // An empty buffer has no address; any pointer serves, since nothing may be written.
        let start = buffer.baseAddress ?? UnsafeMutablePointer.allocate(capacity: 1)
        self.init(start: start, count: buffer.count, hasAVX512: hasAVX512)
    }

    @inline(__always)
    init(start: UnsafeMutablePointer<UInt8>, count: Int, hasAVX512: Bool) {
        cursor = start
        limit = start + count
        self.hasAVX512 = hasAVX512
    }

    /// Where the next instruction goes.
    @inline(__always) var position: UnsafeMutablePointer<UInt8> { cursor }
    @inline(__always) var remaining: Int { limit - cursor }

    /// Drops what was written from `position` on.
    @inline(__always)
    mutating func rewind(to position: UnsafeMutablePointer<UInt8>) { cursor = position }

    @inline(__always)
    mutating func emit8(_ value: UInt8) {
        cursor.pointee = value
        cursor += 1
    }

    @inline(__always)
    mutating func emit16(_ value: UInt16) {
        UnsafeMutableRawPointer(cursor).storeBytes(of: value, as: UInt16.self)
        cursor += 2
    }

    @inline(__always)
    mutating func emit32(_ value: UInt32) {
        UnsafeMutableRawPointer(cursor).storeBytes(of: value, as: UInt32.self)
        cursor += 4
    }

    @inline(__always)
    mutating func emit64(_ value: UInt64) {
        UnsafeMutableRawPointer(cursor).storeBytes(of: value, as: UInt64.self)
        cursor += 8
    }

    /// Makes the 32-bit displacement at `fixup`, the last field of its instruction, lead to `target`.
    @inline(__always)
    func patch32(_ fixup: UnsafeMutablePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>) {
        let displacement = Int32(truncatingIfNeeded: target - (fixup + 4))
        UnsafeMutableRawPointer(fixup).storeBytes(of: displacement, as: Int32.self)
    }

    /// Makes the 32-bit displacement at `fixup` lead to the next instruction.
    @inline(__always)
    func patch32Here(_ fixup: UnsafeMutablePointer<UInt8>) { patch32(fixup, to: cursor) }

    /// Makes the 8-bit displacement at `fixup` lead to the next instruction; false when that is out of its reach.
    @inline(__always) @discardableResult
    func patch8Here(_ fixup: UnsafeMutablePointer<UInt8>) -> Bool {
        let displacement = cursor - (fixup + 1)
        guard displacement >= -128 && displacement <= 127 else { return false }
        fixup.pointee = UInt8(truncatingIfNeeded: displacement)
        return true
    }

    /// Pads with the fewest instructions that do nothing (Intel SDM volume 2, NOP, recommended sequences).
    mutating func nop(bytes count: Int) {
        var left = count
        while left > 9 {
            nop(bytes: 9)
            left -= 9
        }
        switch left {
        case 1: emit8(0x90)
        case 2: emit16(0x9066)
        case 3: emit16(0x1F0F); emit8(0x00)
        case 4: emit32(0x0040_1F0F)
        case 5: emit32(0x0044_1F0F); emit8(0x00)
        case 6: emit32(0x441F_0F66); emit16(0x0000)
        case 7: emit32(0x0080_1F0F); emit16(0x0000); emit8(0x00)
        case 8: emit64(0x0000_0000_0084_1F0F)
        case 9: emit8(0x66); emit64(0x0000_0000_0084_1F0F)
        default: break
        }
    }
}
