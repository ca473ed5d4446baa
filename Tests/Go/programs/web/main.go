// Networking inside one process: an HTTP server with clients on the loopback interface, datagrams, local sockets, pipes,
// and deadlines.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func web() {
	var served atomic.Int64
	handler := http.NewServeMux()
	handler.HandleFunc("POST /sum/{name}", func(writer http.ResponseWriter, request *http.Request) {
		var numbers []int
		if err := json.NewDecoder(request.Body).Decode(&numbers); err != nil {
			http.Error(writer, err.Error(), http.StatusBadRequest)
			return
		}
		sum := 0
		for _, number := range numbers {
			sum += number
		}
		served.Add(1)
		json.NewEncoder(writer).Encode(map[string]any{request.PathValue("name"): sum})
	})
	handler.HandleFunc("GET /large", func(writer http.ResponseWriter, _ *http.Request) {
		for i := range 2000 {
			fmt.Fprintf(writer, "%0500d", i)
		}
	})
	server := httptest.NewServer(handler)
	defer server.Close()
	var group sync.WaitGroup
	answers := make([]string, 50)
	for i := range answers {
		group.Go(func() {
			response, err := http.Post(server.URL+fmt.Sprint("/sum/n", i), "application/json", strings.NewReader(fmt.Sprintf("[%d,2,3]", i)))
			check(err)
			text, err := io.ReadAll(response.Body)
			check(err)
			response.Body.Close()
			answers[i] = string(text)
		})
	}
	group.Wait()
	fmt.Print(served.Load(), answers[0], answers[49])
	response, err := http.Get(server.URL + "/large")
	check(err)
	size, err := io.Copy(io.Discard, response.Body)
	fmt.Println(response.Status, size, err)
	response, err = http.Get(server.URL + "/none")
	check(err)
	fmt.Println(response.Status)
	response, err = http.Post(server.URL+"/sum/x", "text/plain", strings.NewReader("["))
	check(err)
	text, err := io.ReadAll(response.Body)
	fmt.Println(response.Status, string(text), err)
}

func datagrams() {
	left, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	check(err)
	right, err := net.DialUDP("udp4", nil, left.LocalAddr().(*net.UDPAddr))
	check(err)
	defer left.Close()
	defer right.Close()
	for i := range 100 {
		fmt.Fprint(right, i)
		room := make([]byte, 100)
		n, from, err := left.ReadFromUDP(room)
		check(err)
		_, err = left.WriteToUDP(append(room[:n], '!'), from)
		check(err)
		n, err = right.Read(room)
		check(err)
		if string(room[:n]) != fmt.Sprint(i, "!") {
			fmt.Println("wrong", i, string(room[:n]))
		}
	}
	left.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = left.Read(make([]byte, 1))
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
}

func streams(network, address string) {
	listener, err := net.Listen(network, address)
	check(err)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				lines := bufio.NewScanner(connection)
				for lines.Scan() {
					fmt.Fprintln(connection, len(lines.Text()), strings.ToUpper(lines.Text()))
				}
			}()
		}
	}()
	var group sync.WaitGroup
	var right atomic.Int64
	for client := range 10 {
		group.Go(func() {
			connection, err := net.Dial(network, listener.Addr().String())
			check(err)
			defer connection.Close()
			answers := bufio.NewScanner(connection)
			for line := range 50 {
				fmt.Fprintf(connection, "client %d line %d\n", client, line)
				want := fmt.Sprintf("CLIENT %d LINE %d", client, line)
				if answers.Scan() && answers.Text() == fmt.Sprint(len(want), " ", want) {
					right.Add(1)
				}
			}
		})
	}
	group.Wait()
	check(listener.Close())
	_, err = net.Dial(network, listener.Addr().String())
	fmt.Println(network, right.Load(), err != nil)
}

func main() {
	web()
	datagrams()
	streams("tcp4", "127.0.0.1:0")
	streams("unix", "socket")
	streams("tcp6", "[::1]:0")
}
