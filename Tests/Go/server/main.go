// An HTTP server for the scenario "server": it tells its address, answers until it is told to stop, and counts.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	var served atomic.Int64
	// Answers with the digest of what it was sent, so that every byte of a request matters.
	http.HandleFunc("/digest", func(answer http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		served.Add(1)
		fmt.Fprintf(answer, "%x", sha256.Sum256(body))
	})
	server := &http.Server{}
	stopped := make(chan struct{})
	go func() {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		<-stop
		limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(limit); err != nil {
			fail(err)
		}
		close(stopped)
	}()
	fmt.Println(listener.Addr())
	if err := server.Serve(listener); err != http.ErrServerClosed {
		fail(err)
	}
	<-stopped
	fmt.Println(served.Load())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
