// Goroutines, channels, locks and contexts: a pipeline, a pool, a select over timers; the sums are always the same.
package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// sieve prints primes that a chain of goroutines finds, each of which takes away the multiples of one.
func sieve(count int) {
	source := make(chan int)
	go func(numbers chan<- int) {
		for i := 2; ; i++ {
			numbers <- i
		}
	}(source)
	for range count {
		prime := <-source
		fmt.Print(prime, " ")
		next := make(chan int)
		go func(in <-chan int) {
			for i := range in {
				if i%prime != 0 {
					next <- i
				}
			}
		}(source)
		source = next
	}
	fmt.Println()
}

func pool(workers, jobs int) (sum int64) {
	queue, results := make(chan int, 16), make(chan int64)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for job := range queue {
				results <- int64(job) * int64(job)
			}
		})
	}
	go func() {
		for job := range jobs {
			queue <- job
		}
		close(queue)
		group.Wait()
		close(results)
	}()
	for result := range results {
		sum += result
	}
	return sum
}

func locks(goroutines, rounds int) (int, int64, int) {
	var plain int
	var atomicSum atomic.Int64
	var mutex sync.Mutex
	var both sync.RWMutex
	var group sync.WaitGroup
	table := map[int]int{}
	for i := range goroutines {
		group.Go(func() {
			for round := range rounds {
				mutex.Lock()
				plain++
				mutex.Unlock()
				atomicSum.Add(int64(i))
				if round%16 == 0 {
					both.Lock()
					table[round]++
					both.Unlock()
				} else {
					both.RLock()
					_ = table[round]
					both.RUnlock()
				}
				if round%64 == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	group.Wait()
	return plain, atomicSum.Load(), len(table)
}

func turns(rounds int) int {
	var mutex sync.Mutex
	condition := sync.NewCond(&mutex)
	turn, done := 0, make(chan bool)
	for player := range 3 {
		go func() {
			for range rounds {
				mutex.Lock()
				for turn%3 != player {
					condition.Wait()
				}
				turn++
				condition.Broadcast()
				mutex.Unlock()
			}
			done <- true
		}()
	}
	for range 3 {
		<-done
	}
	return turn
}

func deadline() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		return ctx.Err().Error()
	case <-time.After(10 * time.Second):
		return "too late"
	}
}

func main() {
	sieve(100)
	fmt.Println(pool(8, 20000))
	fmt.Println(locks(8, 5000))
	fmt.Println(turns(500))
	fmt.Println(deadline())
	ticks := 0
	for ticker, end := time.NewTicker(time.Millisecond), time.Now().Add(10*time.Second); ticks < 20 && time.Now().Before(end); ticks++ {
		<-ticker.C
	}
	fmt.Println(ticks)
}
