/// The translation cache of a process: the files that its guest code comes from, and what earlier processes left of their
/// translation.
///
/// The engine's lock protects it.
final class CodeImages {
    private let directory: HostCacheDirectory
    private let settings: TranslationCacheSettings
    private let features: HostFeatures
    /// The guest's integer registers that host registers hold.
    private var pins: [RegisterIndex]
    /// Guest ranges of files that are mapped.
    private(set) var attached: [CodeImage] = []
    /// Those whose mapping has gone, with their place in the arena: a library may be mapped again.
    private var detached: [CodeImage] = []
    /// The process is the child of a `fork`.
    private var isChild = false
    /// The one found last.
    private var recent: CodeImage?

    /// A file that changed less than this before it was translated may have changed again within the resolution of its
    /// times.
    private static let recentNanoseconds: Int64 = 2_000_000_000
    /// A file above this size is not written anew.
    private static let fullBytes = UInt64(StoredImage.maximumBytes / 16 * 15)

    init(
        _ directory: HostCacheDirectory, _ settings: TranslationCacheSettings, features: HostFeatures,
        pins: [RegisterIndex]
    ) {
        self.directory = directory
        self.settings = settings
        self.features = features
        self.pins = pins
    }

    /// From now on host registers hold other registers of the guest. No code of the files is executed any more.
    func restart(pins: [RegisterIndex]) {
        self.pins = pins
        // What the guest has said of its code holds.
        attached.removeAll { !$0.isStale }
        detached = []
        recent = nil
    }

    // MARK: Choice of registers

    /// The file that holds a program's choice of registers: named as its code's would be if nothing were pinned.
    private func choiceKey(_ code: FileCode) -> ImageKey {
        ImageKey(code, translator: settings.identity, features: features, pins: [])
    }

    /// The registers that an earlier process has found to be best for a program.
    func storedPins(of code: FileCode) -> StoredPins? {
        let key = choiceKey(code)
        guard let file = directory.open(key.pinsFileName, largest: StoredPins.maximumBytes) else { return nil }
        defer { file.close() }
        return file.read(file.byteCount).flatMap { StoredPins($0, key: key) }
    }

    /// Keeps what this process has found, as far as the host lets it. Children of a `fork` do other things than their
    /// program does at its start.
    func store(_ pins: StoredPins, of code: FileCode) {
        if isChild { return }
        let key = choiceKey(code)
        _ = directory.write(key.pinsFileName, byteCount: StoredPins.maximumBytes)?.finish(pins.bytes(key: key))
    }

    // MARK: Look-up

    /// The image that holds a guest address; a new one when the address lies in a file that was not met before.
    @inline(__always)
    func image(at pc: GuestAddress, _ engine: ExecutionEngine, _ translator: CodeTranslator) -> CodeImage? {
        if let recent, recent.code.range.contains(pc) { return recent }
        return find(pc, engine, translator)
    }

    private func find(_ pc: GuestAddress, _ engine: ExecutionEngine, _ translator: CodeTranslator) -> CodeImage? {
        if let known = attached.first(where: { $0.code.range.contains(pc) }) {
            recent = known
            return known
        }
        guard let code = engine.source.fileCode(at: pc) else { return nil }
        let image = attach(code, translator, copies: engine.listings != nil)
        attached.append(image)
        recent = image
        engine.listCode(of: image)
        return image
    }

    /// The guest address of the block whose code holds an offset in the arena, and the row of its side table in force.
    func faultPlace(at offset: UInt32) -> (pc: GuestAddress, entry: FaultEntry)? {
        for image in attached { if let place = image.faultPlace(at: offset) { return place } }
        for image in detached { if let place = image.faultPlace(at: offset) { return place } }
        return nil
    }

    // MARK: Attaching

    /// Code for profilers is copied: `perf` would take names for a mapped file from that file.
    private func attach(_ code: FileCode, _ translator: CodeTranslator, copies: Bool) -> CodeImage {
        let key = ImageKey(code, translator: settings.identity, features: features, pins: pins)
        if let index = detached.firstIndex(where: { !$0.isStale && $0.key == key && $0.code == code }) {
            let image = detached.remove(at: index)
            image.stored?.forEachChainRecord { translator.cache.openLanding(record: image.arenaOffset &+ $0) }
            return image
        }
        let isRecent = HostCacheDirectory.now - max(code.file.modified, code.file.changed) < Self.recentNanoseconds
        let content = isRecent ? CodeImages.checksum(code) : nil
        let unstored = CodeImage(code, key: key, content: content)
        guard let file = directory.open(key.fileName, largest: StoredImage.maximumBytes) else { return unstored }
        defer { file.close() }
        guard let offset = translator.cache.takeFromEnd(file.byteCount) else { return unstored }
        let place = translator.cache.writablePlace(offset)
        // A file system without the right to execute lets its files be read.
        guard !copies && file.map(at: place) || file.read(to: place),
            let stored = StoredImage(place, byteCount: file.byteCount, key: key), isCurrent(stored, code)
        else {
            translator.cache.giveBack(offset, file.byteCount)
            return unstored
        }
        return CodeImage(code, key: key, content: content, stored: stored, arenaOffset: offset, file: file)
    }

    /// Whether the guest's code is what the file was made from, where its times may not tell.
    private func isCurrent(_ stored: StoredImage, _ code: FileCode) -> Bool {
        guard stored.header.isRecent != 0 else { return true }
        return stored.header.contentBytes == CodeImages.contentBytes(code)
            && CodeImages.checksum(code) == stored.header.contentChecksum
    }

    /// The checksum of the guest's code; nil when it cannot be read.
    private static func checksum(_ code: FileCode) -> UInt64? {
        Checksum.ofGuest(code.range.lowerBound, count: contentBytes(code))
    }

    /// How much of a mapping the file covers.
    private static func contentBytes(_ code: FileCode) -> UInt64 {
        let size = UInt64(code.range.count)
        guard code.file.byteCount > code.fileOffset else { return 0 }
        return min(size, code.file.byteCount - code.fileOffset)
    }

    /// Takes out the images that overlap a guest range and hands each to `body`: their mapping has changed, or, with
    /// `keepsMapping`, the guest says that its code has. Then the range has no file until its mapping changes.
    func detach(_ start: GuestAddress, _ byteCount: UInt64, keepsMapping: Bool, _ body: (CodeImage) -> Void) {
        let last = start.addingReportingOverflow(byteCount &- 1)
        let end = last.overflow ? GuestAddress.max : last.partialValue
        func isHit(_ image: CodeImage) -> Bool {
            image.code.range.lowerBound <= end && image.code.range.upperBound > start
                && !(keepsMapping && image.isStale)
        }
        guard byteCount > 0, attached.contains(where: isHit) else { return }
        recent = nil
        let hit = attached.filter(isHit)
        attached.removeAll(where: isHit)
        for image in hit {
            body(image)
            image.firstIncoming = 0
            if keepsMapping { image.isStale = true }
            if image.stored != nil { detached.append(image) }
            guard keepsMapping else { continue }
            let bar = CodeImage(image.code, key: image.key, content: nil)
            bar.isStale = true
            attached.append(bar)
        }
    }

    /// In the child of a `fork`: the parent stores what it has translated itself.
    func becomeChild() {
        isChild = true
        for image in attached { image.newBlockCount = 0 }
    }

    /// Calls `body` with every image that has a file.
    func forEachStored(_ body: (CodeImage, StoredImage) -> Void) {
        for image in attached + detached { if let stored = image.stored { body(image, stored) } }
    }

    // MARK: Storing

    /// Writes files for the images in which enough was translated anew.
    func store(_ table: BlockTable, _ cache: CodeCache) {
        var hasWritten = false
        for image in attached where !image.isStale && isWorthStoring(image) {
            if store(image, table, cache) { hasWritten = true }
            image.newBlockCount = 0
        }
        if hasWritten { directory.sweep(limitBytes: settings.limitBytes) }
    }

    private func isWorthStoring(_ image: CodeImage) -> Bool {
        if image.newBlockCount >= CodeImage.blocksWorthStoring(besides: Int(image.stored?.count ?? 0)) { return true }
        // What children do and their parent does not, every further child has to translate as well, a shell's by the
        // hundred. The first one stores it; its sisters see that somebody has stored since.
        return isChild && image.newBlockCount > 0 && directory.inode(image.key.fileName) == image.inode
    }

    private func store(_ image: CodeImage, _ table: BlockTable, _ cache: CodeCache) -> Bool {
        let name = image.key.fileName
        // A file that is nearly as large as it may become is not merged in vain each time.
        if let size = image.stored?.header.fileBytes, size > CodeImages.fullBytes { return false }
        guard image.content == nil || CodeImages.checksum(image.code) == image.content else { return false }
        guard let output = directory.write(name, byteCount: StoredImage.maximumBytes) else { return false }
        // Another process may have written since: what it has is kept.
        let current = currentFile(image)
        defer { current?.release() }
        var writer = ImageWriter()
        let base = current?.image ?? image.stored
        if let base { writer.add(base) }
        let added = addNewBlocks(of: image, to: &writer, except: base, table, cache)
        let enough = isChild ? 1 : CodeImage.blocksWorthStoring(besides: Int(base?.count ?? 0))
        guard added >= enough, let file = file(image, &writer) else {
            output.abandon()
            return false
        }
        defer { file.release() }
        return output.finish(file.bytes)
    }

    private struct CurrentFile {
        let image: StoredImage
        let file: HostCacheDirectory.Mapping
        func release() { file.release() }
    }

    private func currentFile(_ codeImage: CodeImage) -> CurrentFile? {
        guard let file = directory.open(codeImage.key.fileName, largest: StoredImage.maximumBytes) else { return nil }
        defer { file.close() }
        guard let mapping = file.map() else { return nil }
        guard let image = StoredImage(mapping.base, byteCount: mapping.byteCount, key: codeImage.key),
            isCurrent(image, codeImage.code)
        else {
            mapping.release()
            return nil
        }
        return CurrentFile(image: image, file: mapping)
    }

    /// How many blocks were added.
    private func addNewBlocks(
        of image: CodeImage, to writer: inout ImageWriter, except base: StoredImage?, _ table: BlockTable,
        _ cache: CodeCache
    ) -> Int {
        var added = 0
        table.forEachBlock(in: image.code.range) { block in
            if base?.index(at: block.pc) != nil { return }
            writer.add(block, table, cache)
            added += 1
        }
        return added
    }

    private func file(_ image: CodeImage, _ writer: inout ImageWriter) -> StoredFile? {
        let path = HostMemory.mappedPath(at: image.code.range.lowerBound) ?? []
        guard let checksum = image.content else {
            return writer.file(key: image.key, path: path, content: (0, 0), isRecent: false)
        }
        let content = (checksum, CodeImages.contentBytes(image.code))
        return writer.file(key: image.key, path: path, content: content, isRecent: true)
    }
}

extension ExecutionEngine {
    /// Turns the translation cache on, when the directory can be used and code may be kept at all.
    func useTranslationCache(_ settings: TranslationCacheSettings) {
        guard let translator, !translator.cache.isDual, !oneInstructionPerBlock, log?.wantsTranslation != true else {
            return
        }
        guard case .success(let directory) = HostCacheDirectory.open(settings.directory, creates: true) else { return }
        images = CodeImages(
            directory, settings, features: translator.features, pins: translator.pinnedIntegers)
    }

    /// Before the process ends or becomes another program: keeps what was translated for later ones. With `stops` no other
    /// thread executes guest code any more from then on.
    func storeTranslations(stops: Bool = false) {
        guard images != nil, tryLock() else { return }
        defer { unlock() }
        if isFlushing { return }
        if stops { stopForGood() }
        if !formerBlocks.isEmpty { translateFormerBlocks() }
        if let newChoice, let program { images?.store(newChoice, of: program) }
        newChoice = nil
        storeImages()
    }

    /// The lock is held.
    func storeImages() {
        guard let images, let translator else { return }
        images.store(table, translator.cache)
    }

    /// Notes that the exit with this chain record jumps into a file of the cache. False when there is no room.
    func addLink(chainRecord: UInt32, to image: CodeImage) -> Bool {
        // Within a file all exits are undone together.
        image.holds(chainRecord) || table.addLink(chainRecord: chainRecord, before: &image.firstIncoming)
    }

    /// Takes out the files of guest ranges whose mapping has changed, as `removeBlocks` does with blocks.
    func detachImages(_ start: GuestAddress, _ byteCount: UInt64, keepsMapping: Bool) {
        guard let images, let translator else { return }
        images.detach(start, byteCount, keepsMapping: keepsMapping) { image in
            table.links.forEachChainRecord(from: image.firstIncoming) { translator.cache.unlink(record: $0) }
            image.stored?.forEachChainRecord { translator.cache.disconnect(record: image.arenaOffset &+ $0) }
            for thread in threads { thread.forgetAll(in: image.code.range) }
        }
    }

    /// Before all blocks go: exits that lead out of the files of the cache lead to their stubs again.
    func unlinkImages() {
        guard let images, let translator else { return }
        images.forEachStored { image, stored in
            image.firstIncoming = 0
            stored.forEachChainRecord { offset in
                let record = image.arenaOffset &+ offset
                if translator.cache.isLanding(record: record) { return }
                if !image.holds(translator.cache.destination(ofRecord: record)) {
                    translator.cache.unlink(record: record)
                }
            }
        }
    }
}
