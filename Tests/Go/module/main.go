// Prints the words of its input as JSON, the most frequent first: a small program of two packages for the scenario "module".
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"bsduser/tests/words/count"
)

func main() {
	words, err := count.Words(os.Stdin)
	if err == nil {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(words)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
