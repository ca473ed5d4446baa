// What goes wrong and is recovered: faults of memory and arithmetic, which the runtime makes panics of; deep recursion,
// which moves stacks; and a heap under pressure.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

type node struct {
	left, right *node
	value       int
}

type shape interface{ area() int }
type square struct{ side int }

func (s *square) area() int { return s.side * s.side }

func try(name string, body func()) {
	defer func() {
		err, _ := recover().(error)
		var runtimeError runtime.Error
		fmt.Println(name, err, errors.As(err, &runtimeError))
	}()
	body()
}

func depth(level int) int {
	var room [64]int
	room[level%64] = level
	if level == 0 {
		return 0
	}
	return depth(level-1) + room[level%64] - level + 1
}

func tree(level int) *node {
	if level == 0 {
		return &node{value: 1}
	}
	return &node{tree(level - 1), tree(level - 1), level}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	return n.left.sum() + n.right.sum() + n.value
}

//go:noinline
func divide(a, b int) int { return a / b }

func main() {
	var nothing *node
	var none shape
	var table map[string]int
	list := []int{1, 2, 3}
	try("nil", func() { nothing.value = 1 })
	try("nil field far away", func() { fmt.Println((*[1 << 20]int)(nil)[99999]) })
	try("interface", func() { none.area() })
	try("divide", func() { divide(1, len(table)) })
	try("index", func() { fmt.Println(list[len(list)+divide(4, 2)]) })
	try("slice", func() { fmt.Println(list[divide(6, 2)+1:]) })
	try("map", func() { table["x"] = 1 })
	try("conversion", func() { fmt.Println(none.(*square)) })
	try("close", func() { var c chan int; close(c) })
	debug.SetPanicOnFault(true)
	for i := range 1000 {
		func() {
			defer func() { recover() }()
			nothing.value = i
		}()
	}
	fmt.Println(divide(-7, 2), divide(-7, -2), -7%3, uint32(1)<<31>>31)
	fmt.Println(depth(100000))
	done := make(chan int)
	for range 8 {
		go func() { done <- depth(20000) }()
	}
	sum := 0
	for range 8 {
		sum += <-done
	}
	fmt.Println(sum)
	debug.SetGCPercent(20)
	for level := range 16 {
		fmt.Print(tree(level).sum(), " ")
		runtime.GC()
	}
	fmt.Println()
	freed := make(chan bool, 1)
	runtime.SetFinalizer(&node{value: 5}, func(*node) { freed <- true })
	runtime.GC()
	fmt.Println(<-freed)
}
