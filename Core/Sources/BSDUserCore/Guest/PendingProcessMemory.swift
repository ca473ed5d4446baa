extension GuestMemory {
    func string(at address: GuestAddress, limit: Int) throws(Errno) -> [UInt8]? {
        try readString(at: address, maximum: limit)
    }
    func pointers(at address: GuestAddress, limit: Int) throws(Errno) -> [GuestAddress]? {
        var pointers: [GuestAddress] = []
        var entry = address
        while pointers.count <= limit {
            let pointer = try loadWord(at: entry)
            if pointer == 0 { return pointers }
            pointers.append(pointer)
            entry = entry &+ UInt64(abi.wordBytes)
        }
        return nil
    }
}
