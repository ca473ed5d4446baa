package main

import (
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
)

var threaded = []benchmark{
	{"one_thread", "threads", 2, 1, func(int) uint64 { return shareWork(1) }},
	{"two_threads", "threads", 2, 1, func(int) uint64 { return shareWork(2) }},
	{"mutex_alone", "threads", 2, 10_000_000, func(n int) uint64 { return lockMutex(1, n) }},
	{"mutex_contended", "threads", 2, 2_000_000, func(n int) uint64 { return lockMutex(2, n) }},
	{"channel_one_thread", "threads", 1, 500_000, pingPong},
	{"channel_two_threads", "threads", 2, 20_000, pingPongOnThreads},
	{"goroutine", "threads", 1, 300_000, startGoroutines},
	{"signal_handler", "threads", 1, 50_000, handleSignals},
}

// shareWork does a fixed amount of work, in parts, on a number of threads.
func shareWork(threads int) uint64 {
	const parts, steps = 8, 20_000_000
	results := make([]uint64, threads)
	var group sync.WaitGroup
	for i := range results {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			sum := uint64(0)
			for part := i; part < parts; part += threads {
				g := generator(part + 1)
				for step := 0; step < steps; step++ {
					sum += g.next() & 0xFF
				}
			}
			results[i] = sum
		}()
	}
	group.Wait()
	total := uint64(0)
	for _, result := range results {
		total += result
	}
	return total
}

// lockMutex locks a mutex `count` times, by goroutines that run on threads of their own.
func lockMutex(goroutines, count int) uint64 {
	var mutex sync.Mutex
	var group sync.WaitGroup
	total := uint64(0)
	for i := 0; i < goroutines; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for step := 0; step < count/goroutines; step++ {
				mutex.Lock()
				total++
				mutex.Unlock()
			}
		}()
	}
	group.Wait()
	return total
}

// pingPong sends a number to and fro between two goroutines.
func pingPong(count int) uint64 {
	there, back := make(chan uint64), make(chan uint64)
	go func() {
		for number := range there {
			back <- number + 1
		}
		close(back)
	}()
	return exchange(count, there, back)
}

// exchange sends numbers there and takes what comes back, one after the other.
func exchange(count int, there chan<- uint64, back <-chan uint64) uint64 {
	number := uint64(0)
	for i := 0; i < count; i++ {
		there <- number
		number = <-back
	}
	close(there)
	return number
}

// pingPongOnThreads does so between threads: each message wakes the other.
func pingPongOnThreads(count int) uint64 {
	there, back := make(chan uint64), make(chan uint64)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	go func() {
		runtime.LockOSThread()
		for number := range there {
			back <- number + 1
		}
	}()
	return exchange(count, there, back)
}

func startGoroutines(count int) uint64 {
	var group sync.WaitGroup
	total := uint64(0)
	for i := 0; i < count; i++ {
		group.Add(1)
		go func() {
			total++
			group.Done()
		}()
	}
	group.Wait()
	return total
}

// handleSignals sends the process a signal and waits until the program has seen it.
func handleSignals(count int) uint64 {
	arrived := make(chan os.Signal, 1)
	signal.Notify(arrived, syscall.SIGUSR1)
	seen := uint64(0)
	for i := 0; i < count; i++ {
		if syscall.Kill(syscall.Getpid(), syscall.SIGUSR1) != nil {
			return 0
		}
		<-arrived
		seen++
	}
	return seen
}
