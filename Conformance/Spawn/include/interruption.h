// What a conformance run does when it is told to end: signals as a number to wait for, and processes below this one.
#ifndef INTERRUPTION_H
#define INTERRUPTION_H

// From now on SIGINT, SIGTERM and SIGHUP are for `wait_for_interruption`. A worker leaves SIGINT, which a terminal sends
// to all processes of a run, to the coordinator, but ends as if by SIGTERM when the thread that started it does.
// Processes below this one whose parents end become its children. Returns 0 or the errno.
int catch_interruptions(int is_worker);

// Waits for one of the signals, and returns its number.
int wait_for_interruption(void);

// Ends the process by a signal.
_Noreturn void end_by_signal(int signal);

#endif
