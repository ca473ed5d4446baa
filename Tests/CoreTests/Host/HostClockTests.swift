import Glibc
import Testing

@testable import BSDUserCore

@Suite struct HostClocks {
    /// A host that sets its time of day, as one does that has been asleep, ends no relative sleep early.
    @Test func aRelativeSleepIsCountedByAClockThatNobodySets() {
        #expect(HostClock.counting(CLOCK_REALTIME) == CLOCK_MONOTONIC)
        #expect(HostClock.counting(HostClock.waking(CLOCK_REALTIME_COARSE)) == CLOCK_MONOTONIC)
        #expect(HostClock.counting(CLOCK_MONOTONIC) == CLOCK_MONOTONIC)
        #expect(HostClock.counting(CLOCK_BOOTTIME) == CLOCK_BOOTTIME)
    }
}
