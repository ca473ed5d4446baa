/// What profilers are told of the engine's code.
extension ExecutionEngine {
    /// Tells profilers of all code from now on.
    func list(in listings: CodeListings) {
        self.listings = listings
        listAll()
    }

    /// Tells profilers of a block that was added to the table. The lock is held.
    func listCode(of block: UInt32) {
        guard let listings, block != 0, let translator else { return }
        let record = table.blocks[block]
        listings.add(record.pc, code: translator.cache.code(record.code, count: record.codeCount))
    }

    /// Tells profilers of the code that a file of the translation cache has. The lock is held.
    func listCode(of image: CodeImage) {
        guard let listings, let translator, let stored = image.stored else { return }
        for index in 0..<stored.count {
            let block = stored[index]
            listings.add(
                block.pc, code: translator.cache.code(image.arenaOffset &+ block.code, count: block.codeCount))
        }
    }

    /// In the child of a `fork`: its code is in its parent's files only.
    func listAgain() {
        guard let listings else { return }
        listings.startAgain()
        translator?.cache.announce()
        listAll()
    }

    func listThunks() {
        guard let listings, let translator else { return }
        listings.add("[bsduser thunks]", code: translator.thunkCode)
    }

    private func listAll() {
        guard listings != nil else { return }
        listThunks()
        for block in 1..<max(1, table.blocks.count) where table.blocks.elements[block].isLive != 0 {
            listCode(of: UInt32(block))
        }
        for image in images?.attached ?? [] { listCode(of: image) }
    }
}
