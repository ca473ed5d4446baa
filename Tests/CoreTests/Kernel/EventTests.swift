import Foundation
import Testing

@testable import BSDUserCore

@Suite(.serialized) struct EventTests {
    private func note(_ tag: UInt64) throws -> EventNote {
        EventNote(KernelEvent(identifier: tag, filter: -11), tag: tag, source: UserSource())
    }

    @Test func aNoteStandsInTheLineOnceAndInItsTurn() throws {
        var line = EventLine()
        let notes = try (1...5).map { try note($0) }
        for note in notes + notes { line.append(note) }
        #expect(line.count == 5)
        #expect(line.takeFirst() === notes[0])
        line.remove(notes[2])
        line.append(notes[0])
        #expect(line.takeFirst() === notes[1])
        #expect([line.takeFirst(), line.takeFirst(), line.takeFirst()].map { $0?.tag } == [4, 5, 1])
        #expect(line.isEmpty && line.takeFirst() == nil)
    }

    /// Events of every layout say the same in a trace, with the names of their filter's flags.
    @Test func eventsAreShownByName() {
        let event = KernelEvent(
            identifier: 20, filter: -6, flags: EventFlags.add | EventFlags.clear, notes: 0, data: 2, userData: 0)
        let abi = TestConvention.mips64.abi
        let text = "{ident=SIGCHLD,filter=EVFILT_SIGNAL,flags=EV_ADD|EV_CLEAR,fflags=0x0,data=2"
        #expect(event.text(abi).hasPrefix(text))
        let timer = KernelEvent(identifier: 1, filter: -7, flags: 0x4000, notes: 0x11, data: 22)
        #expect(KernelEvent11(timer).text(abi).contains("flags=EV_ERROR,fflags=NOTE_SECONDS|NOTE_ABSTIME,data=22"))
        let process = KernelEvent(identifier: 1, filter: -5, flags: 0x8010, notes: 0x8000_0000)
        #expect(process.text(abi).contains("flags=EV_ONESHOT|EV_EOF,fflags=NOTE_EXIT"))
    }

    @Test(arguments: TestConvention.all)
    func oldAndNewEventsHoldTheSame(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            let event = KernelEvent(
                identifier: 0x1234_5678, filter: -1, flags: 0x8021, notes: 1, data: -3, userData: 0x7654_3210)
            let new = try kernel.memory.load(KernelEvent.self, at: kernel.store(event))
            let old = try kernel.memory.load(KernelEvent11.self, at: kernel.store(KernelEvent11(event)))
            #expect(new == event)
            #expect(old.event == event)
        }
    }

    /// A queue through the calls themselves, for every way to pass arguments: six of them need the stack on some.
    @Test(arguments: TestConvention.all)
    func aQueueWorksForEveryConvention(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            let queue = UInt64(try kernel.call(362))
            let add = try kernel.store(KernelEvent(identifier: 5, filter: -11, flags: 0x21))
            let trigger = try kernel.store(KernelEvent(identifier: 5, filter: -11, notes: 0x0100_0000, data: 7))
            let room = kernel.room(64)
            let time = try kernel.store(TimeSpecification())
            try kernel.call(560, queue, add, 1, 0, 0, 0)
            #expect(try kernel.call(560, queue, 0, 0, room, 1, time) == 0)
            #expect(try kernel.call(560, queue, trigger, 1, room, 1, time) == 1)
            let event = try kernel.memory.load(KernelEvent.self, at: room)
            #expect(event.identifier == 5 && event.data == 7)
            try kernel.call(6, queue)
            #expect(try kernel.errno(560, queue, 0, 0, room, 1, time) == .EBADF)
        }
    }
}
