import Foundation
import Testing

@testable import BSDUserCore

/// Queues of threads that sleep on objects in guest memory.
@Suite("Sleep queues")
struct SleepQueuesTests {
    private let queues = SleepQueues()
    private let mutex = SleepKey(address: 0x1000, kind: .mutex)
    private let condition = SleepKey(address: 0x1000, kind: .condition)

    @Test("wake who has waited longest, and count the others")
    func order() {
        let bucket = queues.bucket(0x1000)
        let sleepers = (0..<3).map { _ in Sleeper() }
        for sleeper in sleepers { bucket.insert(sleeper, mutex) }
        #expect(bucket.count(mutex) == 3)
        #expect(bucket.wake(mutex, atMost: 1) == 1)
        #expect(sleepers.map(\.event.hasHappened) == [true, false, false])
        #expect(bucket.count(mutex) == 2)
        #expect(bucket.wake(mutex, atMost: .max) == 2)
        #expect(bucket.wake(mutex, atMost: .max) == 0)
    }

    @Test("objects of different kinds at one address are different objects")
    func kinds() {
        let bucket = queues.bucket(0x1000)
        let sleeper = Sleeper()
        bucket.insert(sleeper, condition)
        #expect(bucket.wake(mutex, atMost: .max) == 0)
        #expect(bucket.count(condition) == 1)
        #expect(bucket.remove(sleeper))
        #expect(!bucket.remove(sleeper))
        #expect(bucket.count(condition) == 0)
    }

    @Test("who has been woken is in no queue, and can wait again")
    func again() {
        let bucket = queues.bucket(0x1000)
        let sleeper = Sleeper()
        bucket.insert(sleeper, mutex)
        bucket.wake(mutex, atMost: 1)
        #expect(!bucket.remove(sleeper))
        bucket.insert(sleeper, mutex)
        #expect(!sleeper.event.hasHappened)
        #expect(bucket.count(mutex) == 1)
    }

    @Test("a child of fork has no sleepers and free locks")
    func fork() {
        let bucket = queues.bucket(0x1000)
        bucket.insert(Sleeper(), mutex)
        queues.lockAll()
        queues.resetInChild()
        let count = bucket.lock.hold { bucket.count(mutex) }
        #expect(count == 0)
    }

    @Test("an event that nobody lets happen ends at its deadline, on either clock")
    func deadlines() {
        let event = HostEvent()
        let timedOut = -Int(ETIMEDOUT)
        let soon = HostSignal.monotonicNanoseconds + 5_000_000
        #expect(event.wait(.init(nanoseconds: soon)) == timedOut)
        #expect(HostSignal.monotonicNanoseconds >= soon)
        #expect(event.wait(.init(nanoseconds: HostTimer.now(0) + 5_000_000, isRealTime: true)) == timedOut)
        #expect(event.wait(.init(nanoseconds: 0)) == timedOut)
        event.happen()
        #expect(event.wait(nil) == 0)
    }
}

/// Calls of threads that need no second thread.
@Suite("Calls of threads")
struct ThreadCallTests {
    @Test("the structures have FreeBSD's sizes", arguments: TestConvention.all)
    func sizes(_ convention: TestConvention) {
        let isWide = convention.abi.wordBytes == 8
        #expect(ThreadParameters.byteCount(convention.abi) == (isWide ? 104 : 52))
        #expect(RobustLists.byteCount(convention.abi) == (isWide ? 24 : 12))
    }

    @Test("mutexes lock and unlock in the guest's byte order", arguments: TestConvention.all)
    func mutexes(_ convention: TestConvention) throws {
        try TestKernel.with(convention) { kernel in
            let mutex = kernel.room(32)
            let owner = UInt32(truncatingIfNeeded: kernel.thread.id)
            try kernel.call(454, mutex, 5, 0, 0, 0)
            #expect(try kernel.memory.load(at: mutex, as: UInt32.self) == owner)
            #expect(try kernel.errno(454, mutex, 4, 0, 0, 0) == .EBUSY)
            try kernel.call(454, mutex, 6, 0, 0, 0)
            #expect(try kernel.memory.load(at: mutex, as: UInt32.self) == 0)
            #expect(try kernel.errno(454, mutex, 6, 0, 0, 0) == .EPERM)
        }
    }

    @Test("a timeout is read in the ABI's layout", arguments: TestConvention.all)
    func timeouts(_ convention: TestConvention) throws {
        try TestKernel.with(convention) { kernel in
            let word = kernel.room(8)
            let time = kernel.room(32)
            try kernel.memory.store(TimeSpecification(seconds: 0, nanoseconds: 1_000_000), at: time)
            #expect(try kernel.errno(454, word, 11, 0, 0, time) == .ETIMEDOUT)
            let size = UInt64(TimeSpecification.byteCount(convention.abi))
            // UMTX_ABSTIME and CLOCK_MONOTONIC: long ago.
            try kernel.memory.store(UInt32(1), at: time + size)
            try kernel.memory.store(UInt32(4), at: time + size + 4)
            #expect(try kernel.errno(454, word, 11, 0, size + 8, time) == .ETIMEDOUT)
            try kernel.memory.store(UInt32(77), at: time + size + 4)
            #expect(try kernel.errno(454, word, 11, 0, size + 8, time) == .EINVAL)
        }
    }

    @Test("a word that differs is not waited for")
    func words() throws {
        try TestKernel.with { kernel in
            let word = kernel.room(8)
            try kernel.memory.store(UInt64(1) << 32, at: word)
            try kernel.call(454, word, 2, 0, 0, 0)
            try kernel.call(454, word + 4, 11, 1, 0, 0)
            // The kernel compares a number with a whole `long`.
            try kernel.call(454, word + 4, 11, 1 << 32, 0, 0)
        }
    }

    @Test("a kernel without an engine has no room for threads, and says so")
    func noRoom() throws {
        try TestKernel.with { (kernel) throws in
            #expect(try kernel.errno(455, kernel.room(104), 104) == .ENOMEM)
            #expect(try kernel.errno(455, kernel.room(104), 105) == .EINVAL)
        }
    }
}
