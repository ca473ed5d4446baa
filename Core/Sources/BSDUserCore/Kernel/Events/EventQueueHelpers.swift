/// The descriptors of the emulator that an event queue needs besides the guest's, each made when it is first needed.
final class EventQueueHelpers {
    /// Numbers in the poller that stand for no note.
    static let alarmTag: UInt64 = 0
    static let writersTag: UInt64 = 1
    static let watcherTag: UInt64 = 2
    static let firstFreeTag: UInt64 = 16

    /// The guest's descriptor.
    var poller: Int32
    private var alarm: Int32?
    private var alarmTime: Int64?
    /// Descriptors that are to be written. The host's pollers know each descriptor once, but a program may wait for
    /// reading and for writing in different ways: so they are in a poller of their own, inside the queue's.
    private(set) var writers: Int32?
    /// Watches files.
    private(set) var watcher: Int32?

    init(poller: Int32) { self.poller = poller }

    /// Every descriptor there is.
    var descriptors: [Int32] { [alarm, writers, watcher].compactMap { $0 } }

    func close() { descriptors.forEach { _ = HostSystemCall.close(Int($0)) } }

    /// Makes the poller readable from a time on; 0 is at once, nil never.
    func setAlarm(_ time: Int64?) {
        guard time != alarmTime else { return }
        guard let alarm = alarm ?? makeAlarm() else { return }
        alarmTime = time
        HostAlarm.set(alarm, time)
    }

    private func makeAlarm() -> Int32? {
        alarm = try? joined(HostAlarm.create(), tag: Self.alarmTag)
        if alarm == nil { KernelLog.once("no descriptor is left for the timer of an event queue") }
        return alarm
    }

    func makeAlarmIfNeeded() throws(Errno) {
        guard alarm ?? makeAlarm() != nil else { throw .ENOMEM }
    }

    func makeWriters() throws(Errno) -> Int32 {
        if let writers { return writers }
        let made = try joined(
            HostDescriptors.parked(HostPoller.create(closesOnExec: true)), tag: Self.writersTag)
        writers = made
        return made
    }

    func makeWatcher() throws(Errno) -> Int32 {
        if let watcher { return watcher }
        let made = try joined(HostWatcher.create(), tag: Self.watcherTag)
        watcher = made
        return made
    }

    private func joined(_ descriptor: Int32, tag: UInt64) throws(Errno) -> Int32 {
        do throws(Errno) {
            try HostPoller.add(descriptor, HostPoller.readable, tag: tag, to: poller)
        } catch {
            _ = HostSystemCall.close(Int(descriptor))
            throw error
        }
        return descriptor
    }
}
