/// `EVFILT_SIGNAL`: counts arrivals of a signal, also of one that is ignored.
final class SignalSource: EventSource {
    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) { note.flags |= EventFlags.clear }

    func evaluate(_ note: EventNote) -> Bool { note.data != 0 }
}

extension EventQueue {
    /// A signal has come for the process.
    func signalArrived(_ signal: Int32) {
        try? locked { () throws(Errno) in
            guard let note = note(EventFilter.signal, UInt64(signal)) else { return }
            note.data += 1
            activate(note)
        }
    }
}
