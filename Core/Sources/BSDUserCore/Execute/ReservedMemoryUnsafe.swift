import Glibc

/// Zeroed memory, reserved at once; a page costs nothing until it is touched.
struct ReservedMemory {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    /// Reserves memory; nil when the host has no room.
    init?(byteCount: Int) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED else {
            return nil
        }
        self.base = base
        self.byteCount = byteCount
    }

    /// Gives the memory back.
    func release() { munmap(base, byteCount) }

    /// Has the host provide the pages that are needed next: one call takes a tenth of the time of their page faults. Returns
    /// up to where there is nothing to ask for.
    static func provide(_ base: UnsafeMutableRawPointer, byteCount: Int, from start: Int, alreadyUsed used: Int) -> Int
    {
        let count = min(max(leastProvidedBytes, used / 2), mostProvidedBytes) & ~4095
        guard start &+ count <= byteCount, madvise(base + start, count, populateWrite) == 0 else { return byteCount }
        return start &+ count
    }

    private static let leastProvidedBytes = 16 << 10
    private static let mostProvidedBytes = 256 << 10
    /// MADV_POPULATE_WRITE (Linux 5.14, uapi/asm-generic/mman-common.h); older kernels refuse it.
    private static let populateWrite: Int32 = 23

    /// Makes the first `used` bytes zero again by giving their pages back.
    func clear(used: Int) { madvise(base, min(used, byteCount), MADV_DONTNEED) }
}

/// An array of plain elements that grows in place up to a fixed capacity. Element 0 is never handed out.
struct Pool<Element: BitwiseCopyable> {
    let elements: UnsafeMutablePointer<Element>
    let capacity: Int
    private(set) var count = 1
    private let memory: ReservedMemory
    private var providedBytes = 0

    /// An empty pool; nil when the host has no room.
    init?(capacity: Int) {
        guard let memory = ReservedMemory(byteCount: capacity * MemoryLayout<Element>.stride) else { return nil }
        self.memory = memory
        self.capacity = capacity
        elements = memory.base.bindMemory(to: Element.self, capacity: capacity)
    }

    /// Appends an element; its index, or nil when the pool is full.
    @inline(__always)
    mutating func append(_ element: Element) -> UInt32? {
        guard count < capacity else { return nil }
        if count &* MemoryLayout<Element>.stride >= providedBytes { provide() }
        (elements + count).initialize(to: element)
        count &+= 1
        return UInt32(truncatingIfNeeded: count &- 1)
    }

    @inline(never)
    private mutating func provide() {
        providedBytes = ReservedMemory.provide(
            memory.base, byteCount: memory.byteCount, from: providedBytes,
            alreadyUsed: count &* MemoryLayout<Element>.stride)
    }

    /// Room for `additional` more elements.
    func hasRoom(for additional: Int) -> Bool { count &+ additional <= capacity }

    @inline(__always)
    subscript(_ index: UInt32) -> Element {
        get { elements[Int(index)] }
        nonmutating set { elements[Int(index)] = newValue }
    }

    mutating func removeAll() {
        memory.clear(used: count * MemoryLayout<Element>.stride)
        count = 1
        providedBytes = 0
    }

    func release() { memory.release() }
}

/// A map from 64-bit keys to nonzero 32-bit values: open addressing with linear probing over raw memory.
struct RawMap {
    private struct Entry {
        var key: UInt64
        /// 0: free; `RawMap.removed`: was in use.
        var value: UInt32
        var unused: UInt32
    }

    private static let removed = UInt32.max
    private static let cacheLineBytes = 64

    private var entries: UnsafeMutablePointer<Entry>
    private var capacityLog2: UInt64
    /// Keys that agree but for these low bits have places beside each other, so many.
    private let neighbourhoodLog2: UInt64
    private let placesLog2: UInt64
    /// Entries in use or removed.
    private var occupied = 0
    private(set) var count = 0

    /// An empty map. With `keepsNeighbours` keys of the same 256 have places in the same four cache lines: blocks are
    /// looked up one after the other. Where each instruction is a block of its own searches are longer, some 25 places.
    init(capacityLog2: UInt64 = 12, keepsNeighbours: Bool = false) {
        self.capacityLog2 = capacityLog2
        neighbourhoodLog2 = keepsNeighbours ? 8 : 0
        placesLog2 = keepsNeighbours ? 4 : 0
        entries = RawMap.makeEntries(capacityLog2)
    }

    private static func makeEntries(_ capacityLog2: UInt64) -> UnsafeMutablePointer<Entry> {
        let capacity = 1 << Int(capacityLog2)
        let bytes = capacity * MemoryLayout<Entry>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: cacheLineBytes)
        let entries = memory.bindMemory(to: Entry.self, capacity: capacity)
        entries.initialize(repeating: Entry(key: 0, value: 0, unused: 0), count: capacity)
        return entries
    }

    func release() { entries.deallocate() }

    /// Fibonacci hashing: the upper bits of the product depend on all bits of the neighbourhood's number.
    @inline(__always)
    private func start(_ key: UInt64) -> Int {
        let hash = (key &>> neighbourhoodLog2) &* 0x9E37_79B9_7F4A_7C15
        let neighbourhood = hash &>> (64 &- capacityLog2 &+ placesLog2)
        let place = (key &>> (neighbourhoodLog2 &- placesLog2)) & ((1 &<< placesLog2) &- 1)
        return Int(truncatingIfNeeded: neighbourhood &<< placesLog2 | place)
    }

    /// The value of a key, 0 when it has none.
    @inline(__always)
    func value(_ key: UInt64) -> UInt32 {
        let mask = (1 &<< Int(capacityLog2)) &- 1
        var index = start(key)
        while entries[index].value != 0 {
            if entries[index].key == key && entries[index].value != RawMap.removed { return entries[index].value }
            index = (index &+ 1) & mask
        }
        return 0
    }

    /// Sets the value of a key; `value` is neither 0 nor `UInt32.max`.
    mutating func set(_ key: UInt64, _ value: UInt32) {
        if occupied &* 2 >= 1 &<< Int(capacityLog2) { rehash() }
        let mask = (1 &<< Int(capacityLog2)) &- 1
        var index = start(key)
        var free = -1
        while entries[index].value != 0 {
            if entries[index].value == RawMap.removed {
                if free < 0 { free = index }
            } else if entries[index].key == key {
                entries[index].value = value
                return
            }
            index = (index &+ 1) & mask
        }
        if free < 0 {
            free = index
            occupied &+= 1
        }
        entries[free] = Entry(key: key, value: value, unused: 0)
        count &+= 1
    }

    /// Forgets a key.
    mutating func remove(_ key: UInt64) {
        let mask = (1 &<< Int(capacityLog2)) &- 1
        var index = start(key)
        while entries[index].value != 0 {
            if entries[index].key == key && entries[index].value != RawMap.removed {
                entries[index].value = RawMap.removed
                count &-= 1
                return
            }
            index = (index &+ 1) & mask
        }
    }

    mutating func removeAll() {
        let capacity = 1 << Int(capacityLog2)
        entries.update(repeating: Entry(key: 0, value: 0, unused: 0), count: capacity)
        occupied = 0
        count = 0
    }

    /// Doubles when half the entries are in use; otherwise only drops the removed ones.
    private mutating func rehash() {
        let old = entries
        let oldCapacity = 1 << Int(capacityLog2)
        if count &* 4 >= oldCapacity { capacityLog2 &+= 1 }
        entries = RawMap.makeEntries(capacityLog2)
        occupied = 0
        count = 0
        for index in 0..<oldCapacity where old[index].value != 0 && old[index].value != RawMap.removed {
            set(old[index].key, old[index].value)
        }
        old.deallocate()
    }

    /// Calls `body` for every key and value. The map must not change meanwhile.
    func forEach(_ body: (UInt64, UInt32) -> Void) {
        for index in 0..<(1 << Int(capacityLog2))
        where entries[index].value != 0 && entries[index].value != RawMap.removed {
            body(entries[index].key, entries[index].value)
        }
    }
}
