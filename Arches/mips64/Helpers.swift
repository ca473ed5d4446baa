import BSDUserCore
import Glibc

/// Functions that translated code calls.
enum Helpers {
    static let readControl = HelperIndex(0)
    static let writeControl = HelperIndex(1)
    static let cycleCounter = HelperIndex(2)

    /// Indexed by `HelperIndex`.
    static var table: [Helper] {
        [
            Helper("readControl") { state, register, flags, _ in
                let cpu = CPUState(registers: state)
                cpu.harvest(FloatFlags(rawValue: UInt32(truncatingIfNeeded: flags)))
                return UInt64(bitPattern: Int64(Int32(bitPattern: cpu.readFloatControl(Int(register)))))
            },
            Helper("writeControl") { state, register, value, flags in
                let cpu = CPUState(registers: state)
                cpu.harvest(FloatFlags(rawValue: UInt32(truncatingIfNeeded: flags)))
                cpu.writeFloatControl(Int(register), UInt32(truncatingIfNeeded: value))
                return UInt64(cpu.floatMode.rawValue) | UInt64(cpu.pendingFloatException.rawValue) << 32
            },
            Helper("cycleCounter") { _, _, _, _ in UInt64(bitPattern: Int64(Machine.cycleCounter())) },
        ]
    }
}

extension Machine {
    /// `CC`: a 32-bit counter, sign-extended when read.
    static func cycleCounter() -> Int32 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let nanoseconds = Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
        return Int32(truncatingIfNeeded: nanoseconds / cycleCounterResolution)
    }
}
