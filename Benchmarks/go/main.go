// bench list | bench NAME | bench NAME check: small benchmarks of the Go runtime and standard library.
//
// A run prints one line: NAME COUNT CHECKSUM(hex) NANOSECONDS, with `check` without the time. Benchmarks of the group
// "go" compute: their time is the process's CPU time, on one P. Those of the group "threads" report the wall-clock time
// of one operation.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

type benchmark struct {
	name  string
	group string
	// Ps while it runs.
	processors int
	// Operations that a time is divided by; 1 reports the whole.
	operations int
	run        func(operations int) uint64
}

var benchmarks = append(computing, threaded...)

// cpuTime is what the process has used, emulator included where there is one.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fmt.Fprintln(os.Stderr, "getrusage:", err)
		os.Exit(1)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func (b benchmark) measure() (uint64, time.Duration) {
	runtime.GOMAXPROCS(b.processors)
	if b.group == "threads" {
		start := time.Now()
		checksum := b.run(b.operations)
		return checksum, time.Since(start)
	}
	start := cpuTime()
	checksum := b.run(b.operations)
	return checksum, cpuTime() - start
}

func main() {
	withoutTime := len(os.Args) == 3 && os.Args[2] == "check"
	if len(os.Args) != 2 && !withoutTime {
		fmt.Fprintln(os.Stderr, "usage: bench list | bench NAME [check]")
		os.Exit(2)
	}
	for _, b := range benchmarks {
		if os.Args[1] == "list" {
			fmt.Println(b.name, b.group)
		} else if os.Args[1] == b.name {
			checksum, duration := b.measure()
			if withoutTime {
				fmt.Printf("%s %d %x\n", b.name, b.operations, checksum)
				return
			}
			fmt.Printf("%s %d %x %.2f\n", b.name, b.operations, checksum, float64(duration)/float64(b.operations))
			return
		}
	}
	if os.Args[1] != "list" {
		fmt.Fprintln(os.Stderr, "no such benchmark:", os.Args[1])
		os.Exit(2)
	}
}
