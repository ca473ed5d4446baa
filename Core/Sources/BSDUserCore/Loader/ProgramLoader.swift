import Glibc

/// Puts a program into guest memory: `exec_elf_imgact` of sys/kern/imgact_elf.c for an emulator.
public struct ProgramLoader {
    let architecture: any GuestArchitecture
    let space: AddressSpace
    let memory: GuestMemory
    let options: LoadOptions

    /// A loader into an address space that holds nothing yet.
    public init(
        architecture: any GuestArchitecture, space: AddressSpace, memory: GuestMemory, options: LoadOptions
    ) {
        self.architecture = architecture
        self.space = space
        self.memory = memory
        self.options = options
    }

    private var description: ArchitectureDescription { architecture.description }
    /// The architecture's, in what the user left of the address space.
    private var layout: MemoryLayoutDescription {
        description.layout.fitted(to: space.userTop, pageBytes: space.pageBytes)
    }

    /// What starts: the program's own plan, and the interpreter's when there is one.
    private struct Images {
        var program: ProgramFile
        var programPlan: LoadPlan
        var interpreter: ProgramFile?
    }

    /// Loads the program behind an open descriptor, which stays the caller's. `path` is the guest's name for it.
    ///
    /// Everything about both files is checked before the first page is mapped.
    public func load(descriptor: Int32, path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]])
        throws(LoadError) -> LoadedProgram
    {
        let images = try prepare(descriptor, path)
        let plan = images.programPlan
        try map(plan, images.program)
        space.setProgram(textStart: plan.text.lowerBound, dataStart: dataStart(plan), dataEnd: plan.dataEnd)
        var entry = plan.entry
        var interpreterBase: GuestAddress = 0
        if let interpreter = images.interpreter {
            let placed = try place(interpreter, hint: 0)
            entry = placed.entry
            interpreterBase = placed.bias
        }
        // Without an interpreter AT_BASE is where the program itself was moved to.
        var facts = facts(images.program, plan, images.interpreter == nil ? plan.bias : interpreterBase)
        let stack = try makeStack(images.program, &facts, path, arguments, environment)
        var program = loaded(images.program, plan, stack, path, entry: entry, interpreterBase, arguments.count)
        program.timePage = facts.timePage
        return program
    }

    // MARK: Checks before the first mapping

    /// Checks a program that is to run in the place of this one: all that `load` checks before it maps anything. Of a
    /// program for another architecture `hasPlugin` says whether it can run at all.
    func check(descriptor: Int32, path: [UInt8], hasPlugin: (ProgramIdentity) -> Bool) throws(LoadError) {
        let program = try ProgramFile(
            HostFile(borrowing: descriptor), path: String(decoding: path, as: UTF8.self))
        let identity = program.image.identity
        if description.elf.accepts(identity) || !hasPlugin(identity) {
            _ = try prepare(descriptor, path)
        } else {
            try program.checkBrand()
            _ = try program.plan(bias: 0, pageBytes: HostMemory.pageBytes, limit: AddressSpace.hostStart)
        }
    }

    private func prepare(_ descriptor: Int32, _ path: [UInt8]) throws(LoadError) -> Images {
        let text = String(decoding: path, as: UTF8.self)
        let program = try ProgramFile(HostFile(borrowing: descriptor), path: text)
        try program.check(description)
        let isDynamic = program.image.kind == .dynamic
        let lowest = program.image.segments.filter { $0.type == ElfImage.SegmentType.load }.map(\.address).min() ?? 0
        // A program linked at 0 goes to ET_DYN_LOAD_ADDR; one linked elsewhere stays there.
        let bias = isDynamic && lowest == 0 ? description.layout.dynamicLoadAddress : 0
        let plan = try program.plan(bias: bias, space)
        guard let name = program.interpreter else {
            return Images(program: program, programPlan: plan, interpreter: nil)
        }
        return Images(program: program, programPlan: plan, interpreter: try openInterpreter(name, for: text))
    }

    private func openInterpreter(_ name: String, for path: String) throws(LoadError) -> ProgramFile {
        switch options.openGuestPath(Array(name.utf8)) {
        case .failure(let failure):
            let reason = String(cString: strerror(failure.rawValue))
            throw .withoutInterpreter(path, "\(name): \(reason)")
        case .success(let descriptor):
            let file = try ProgramFile(HostFile(adopting: descriptor), path: name)
            try file.checkArchitecture(description)
            _ = try file.plan(bias: 0, space)
            return file
        }
    }

    // MARK: Mapping

    /// Maps an interpreter where there is room, from `hint` on.
    private func place(_ file: ProgramFile, hint: GuestAddress) throws(LoadError) -> LoadPlan {
        let unbiased = try file.plan(bias: 0, space)
        guard file.image.kind == .dynamic else {
            try map(unbiased, file)
            return unbiased
        }
        let byteCount = unbiased.range.upperBound - unbiased.range.lowerBound
        let base: GuestAddress
        do throws(Errno) {
            base = try space.map(
                AddressSpace.MapRequest(
                    address: hint, byteCount: byteCount, protection: 0, flags: [.private, .anonymous]))
            try space.unmap(base, byteCount)
        } catch { throw .noRoom(file.path, "its \(byteCount) bytes", errno: error.rawValue) }
        let plan = try file.plan(bias: base &- unbiased.range.lowerBound, space)
        try map(plan, file)
        return plan
    }

    private func map(_ plan: LoadPlan, _ file: ProgramFile) throws(LoadError) {
        for piece in plan.pieces {
            do throws(Errno) { try map(piece, file) } catch {
                let start = String(piece.range.lowerBound, radix: 16)
                throw .noRoom(file.path, "the segment at 0x\(start)", errno: error.rawValue)
            }
        }
    }

    private func map(_ piece: LoadPlan.Piece, _ file: ProgramFile) throws(Errno) {
        let byteCount = piece.range.upperBound - piece.range.lowerBound
        var request = AddressSpace.MapRequest(
            address: piece.range.lowerBound, byteCount: byteCount, protection: Int32(piece.protection.rawValue),
            flags: [.private, .fixed, .exclusive])
        switch piece.content {
        case .file(let offset, let zeroFrom):
            request.descriptor = file.file.descriptor
            request.offset = Int64(offset)
            if zeroFrom != nil { request.protection |= 2 }
            _ = try space.map(request)
            guard let zeroFrom else { return }
            try memory.clear(at: zeroFrom, count: Int(piece.range.upperBound - zeroFrom))
            if !piece.protection.contains(.write) { try protect(piece) }
        case .zero:
            request.flags.insert(.anonymous)
            _ = try space.map(request)
        case .copies(let copies):
            request.flags.insert(.anonymous)
            request.protection |= 2
            _ = try space.map(request)
            for copy in copies { try fill(copy, file) }
            if !piece.protection.contains(.write) { try protect(piece) }
        }
    }

    private func protect(_ piece: LoadPlan.Piece) throws(Errno) {
        try space.protect(
            piece.range.lowerBound, piece.range.upperBound - piece.range.lowerBound, Int32(piece.protection.rawValue))
    }

    private func fill(_ copy: LoadPlan.Copy, _ file: ProgramFile) throws(Errno) {
        var done: UInt64 = 0
        while done < copy.byteCount {
            let step = Int(min(copy.byteCount - done, 1 << 20))
            guard let bytes = try? file.file.read(at: copy.offset + done, count: step) else { throw .EIO }
            // The rest of a file's last page is zero.
            if bytes.isEmpty { return }
            try memory.write(bytes, at: copy.address + done)
            done += UInt64(bytes.count)
        }
    }

    /// Start of the data segment (`vm_daddr`): the first writable piece.
    private func dataStart(_ plan: LoadPlan) -> GuestAddress {
        plan.pieces.first { $0.protection.contains(.write) }?.range.lowerBound ?? plan.range.upperBound
    }

    // MARK: Stack

    private func facts(_ program: ProgramFile, _ plan: LoadPlan, _ interpreterBase: GuestAddress) -> ProcessFacts {
        var facts = ProcessFacts()
        facts.programHeaders = plan.programHeaders
        facts.programHeaderBytes = UInt64(program.image.headerEntryBytes)
        facts.programHeaderCount = UInt64(program.image.segments.count)
        facts.interpreterBase = interpreterBase
        facts.entry = plan.entry
        facts.elfFlags = program.image.identity.flags
        facts.noteRelease = program.notes.release ?? 0
        facts.osReleaseDate = release(program).version
        facts.processorCount = UInt64(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
        facts.hardwareCapabilities = architecture.hardwareCapabilities
        return facts
    }

    private func release(_ program: ProgramFile) -> FreeBSDRelease {
        options.release ?? FreeBSDRelease.forProgram(noteRelease: program.notes.release ?? 0, description)
    }

    private func stackProtection(_ program: ProgramFile) -> MemoryProtection {
        // Where the trampoline stands on the stack it must run there, whatever the program asks for (`elf64_nxstack` is 0).
        if case .belowProcessStrings = description.layout.trampoline { return .all }
        let mark = program.image.segments.first { $0.type == ElfImage.SegmentType.gnuStack }
        let isExecutable = mark.map { $0.flags & 1 != 0 } ?? description.layout.stackIsExecutable
        return isExecutable ? .all : [.read, .write]
    }

    private func makeStack(
        _ program: ProgramFile, _ facts: inout ProcessFacts, _ path: [UInt8], _ arguments: [[UInt8]],
        _ environment: [[UInt8]]
    ) throws(LoadError) -> InitialStack {
        let layout = layout
        let top = layout.stackTop
        let protection = stackProtection(program)
        let stackBytes = max(options.stackBytes ?? layout.maximumStackBytes, 1 << 16)
        facts.stackProtection = UInt64(protection.rawValue)
        facts.stackBase = top
        facts.stackLimitBytes = min(space.limits.stackBytes, stackBytes)
        do throws(Errno) {
            try space.mapMainStack(top: top, byteCount: stackBytes, protection: protection)
            let trampoline = try trampoline(layout)
            if description.hasTimeCounter { facts.timePage = mapTimePage(below: top - stackBytes) }
            let contents = InitialStack.Contents(
                arguments: arguments, environment: environment, executablePath: path, trampoline: trampoline,
                canary: canary(), facts: facts, numbering: description.auxiliaryNumbering)
            let stack = try build(contents, top: top, layout)
            guard UInt64(stack.bytes.count) < stackBytes / 2 else { throw Errno(rawValue: 7) }
            try memory.write(stack.bytes, at: stack.stackPointer)
            try makeTrampolineExecutable(stack, byteCount: trampoline.count)
            return stack
        } catch { throw .noRoom(program.path, "its stack, arguments and environment", errno: error.rawValue) }
    }

    private func build(_ contents: InitialStack.Contents, top: GuestAddress, _ layout: MemoryLayoutDescription)
        throws(Errno) -> InitialStack
    {
        do throws(InitialStack.TooLarge) {
            return try InitialStack(contents, top: top, abi: description.abi, alignment: layout.stackAlignment)
        } catch { throw Errno(rawValue: 7) }
    }

    /// The trampoline's code when it stands on the stack; one on a shared page is mapped here.
    private func trampoline(_ layout: MemoryLayoutDescription) throws(Errno) -> [UInt8] {
        let code = architecture.setupSigtramp()
        switch layout.trampoline {
        case .belowProcessStrings:
            return code
        case .installedByProgram:
            return []
        case .sharedPage(let address):
            _ = try space.map(
                AddressSpace.MapRequest(
                    address: address, byteCount: space.pageBytes, protection: 3,
                    flags: [.private, .anonymous, .fixed, .exclusive]))
            try memory.write(code, at: address)
            try space.protect(address, space.pageBytes, 5)
            return []
        }
    }

    /// A page for the time, where no stack grows and `mmap` comes last. FreeBSD has it on the shared page; apart from the
    /// trampoline's code it can be written without translating that anew. 0 when there is no room: programs then ask
    /// the kernel.
    private func mapTimePage(below address: GuestAddress) -> GuestAddress {
        let place = (address & ~(space.pageBytes - 1)) &- 16 * space.pageBytes
        let request = AddressSpace.MapRequest(
            address: place, byteCount: space.pageBytes, protection: 1,
            flags: [.private, .anonymous, .fixed, .exclusive])
        return (try? space.map(request)) ?? 0
    }

    /// Handlers return through code on the stack, also where the stack is not executable otherwise.
    private func makeTrampolineExecutable(_ stack: InitialStack, byteCount: Int) throws(Errno) {
        guard stack.trampoline != 0 else { return }
        try space.protect(stack.trampoline, UInt64(byteCount), Int32(MemoryProtection.all.rawValue))
    }

    private func canary() -> [UInt8] {
        let byteCount = InitialStack.canaryBytes(description.abi)
        if let seed = options.randomSeed {
            var generator = SeededGenerator(seed)
            return (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
        return HostRandom.bytes(byteCount)
    }

    private func loaded(
        _ program: ProgramFile, _ plan: LoadPlan, _ stack: InitialStack, _ path: [UInt8], entry: GuestAddress,
        _ interpreterBase: GuestAddress, _ argumentCount: Int
    ) -> LoadedProgram {
        let start = ThreadStart(
            entry: entry, stackPointer: stack.stackPointer, processStrings: stack.processStrings,
            argumentCount: UInt64(argumentCount), argumentVector: stack.argumentVector,
            environmentVector: stack.environmentVector, elfFlags: program.image.identity.flags)
        var trampoline = stack.trampoline
        if case .sharedPage(let address) = layout.trampoline { trampoline = address }
        return LoadedProgram(
            start: start, noteRelease: program.notes.release ?? 0,
            machineArchitecture: program.notes.machineArchitecture, featureControl: program.notes.featureControl,
            executablePath: path, text: plan.text, dataEnd: plan.dataEnd, processStrings: stack.processStrings,
            trampoline: trampoline, trampolineBytes: UInt64(architecture.setupSigtramp().count),
            stackTop: layout.stackTop, auxiliary: stack.auxiliary,
            interpreterBase: interpreterBase)
    }
}
