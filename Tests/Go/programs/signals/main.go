// Signals as Go programs see them: notified, ignored, reset, contexts; while timers run and goroutines compute.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

func compute(rounds int) (sum uint64) {
	state := uint64(88172645463325252)
	for range rounds {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		sum += state & 0xff
	}
	return sum
}

func main() {
	self := os.Getpid()
	arrived := make(chan os.Signal, 100)
	signal.Notify(arrived, syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGINT)
	for _, each := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGHUP, syscall.SIGINT} {
		syscall.Kill(self, each)
		fmt.Println(<-arrived)
	}
	signal.Ignore(syscall.SIGUSR2)
	syscall.Kill(self, syscall.SIGUSR2)
	fmt.Println(signal.Ignored(syscall.SIGUSR2))

	var group sync.WaitGroup
	sums := make([]uint64, 4)
	for i := range sums {
		group.Go(func() { sums[i] = compute(3_000_000) })
	}
	done := make(chan int)
	go func() {
		seen := 0
		for range arrived {
			seen++
		}
		done <- seen
	}()
	for range 200 {
		syscall.Kill(self, syscall.SIGUSR1)
		time.Sleep(100 * time.Microsecond)
	}
	group.Wait()
	time.Sleep(10 * time.Millisecond)
	signal.Stop(arrived)
	close(arrived)
	fmt.Println(<-done > 0, sums)

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	syscall.Kill(self, syscall.SIGTERM)
	<-ctx.Done()
	stop()
	fmt.Println(context.Cause(ctx) != nil)

	order := make(chan int, 3)
	for i, delay := range []int{30, 10, 20} {
		time.AfterFunc(time.Duration(delay)*time.Millisecond, func() { order <- i })
	}
	fmt.Println(<-order, <-order, <-order)
	late := time.AfterFunc(time.Hour, func() { fmt.Println("never") })
	fmt.Println(late.Stop(), late.Reset(time.Hour), late.Stop())
	os.Exit(3)
}
