/// Random bytes of the host.
enum HostRandom {
    static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = 0
            while used < count {
                let start = Int(bitPattern: buffer.baseAddress) + used
                let step = HostSystemCall.getrandom(start, count - used, 0)
                if step > 0 { used += step }
            }
        }
    }
}
