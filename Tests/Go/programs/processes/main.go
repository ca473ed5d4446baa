// Other processes: the program starts itself, with arguments, environment, pipes, exit codes and signals.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

func child(how string) {
	switch how {
	case "upper":
		text, _ := io.ReadAll(os.Stdin)
		fmt.Print(strings.ToUpper(string(text)))
	case "exit":
		fmt.Fprintln(os.Stderr, "leaving")
		os.Exit(42)
	case "environment":
		fmt.Println(os.Getenv("GREETING"), len(os.Environ()), os.Args[2:])
	case "sleep":
		time.Sleep(time.Minute)
	case "folder":
		folder, err := os.Getwd()
		fmt.Println(folder[strings.LastIndex(folder, "/"):], err)
	case "abort":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func command(words ...string) *exec.Cmd {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return exec.Command(path, words...)
}

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
		return
	}
	upper := command("upper")
	upper.Stdin = strings.NewReader(strings.Repeat("pipes and words\n", 10000))
	out, err := upper.Output()
	fmt.Println(len(out), string(out[:16]), err)

	failing := command("exit")
	var complaint bytes.Buffer
	failing.Stderr = &complaint
	err = failing.Run()
	var status *exec.ExitError
	fmt.Print(err, errors.As(err, &status), status.ExitCode(), complaint.String())

	environment := command("environment", "a b", "", "c\nd")
	environment.Env = []string{"GREETING=hello"}
	out, err = environment.CombinedOutput()
	fmt.Printf("%q %v\n", out, err)

	os.Mkdir("sub", 0o755)
	folder := command("folder")
	folder.Dir = "sub"
	out, err = folder.Output()
	fmt.Printf("%q %v\n", out, err)

	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	sleeper := command("sleep")
	path := sleeper.Path
	fmt.Println(exec.CommandContext(ctx, path, "sleep").Run())
	fmt.Println(command("abort").Run())
	fmt.Println(sleeper.Start(), sleeper.Process.Signal(syscall.SIGTERM), sleeper.Wait())
	fmt.Println(exec.Command("/nonexistent/program").Run())

	var group sync.WaitGroup
	results := make([]int, 12)
	for i := range results {
		group.Go(func() {
			each := command("upper")
			each.Stdin = strings.NewReader(strings.Repeat("x", i*1000))
			out, _ := each.Output()
			results[i] = len(out)
		})
	}
	group.Wait()
	fmt.Println(results)
}
