// Package count counts words.
package count

import (
	"bufio"
	"cmp"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Word is a word and how often it was seen.
type Word struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// Words counts the words of a text, line by line in goroutines of their own.
func Words(reader io.Reader) ([]Word, error) {
	lines := make(chan string)
	counts := make(map[string]int)
	var lock sync.Mutex
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for line := range lines {
				for _, word := range strings.FieldsFunc(line, isSeparator) {
					lock.Lock()
					counts[strings.ToLower(word)]++
					lock.Unlock()
				}
			}
		})
	}
	scanner := bufio.NewScanner(reader)
	for scanner.Scan() {
		lines <- scanner.Text()
	}
	close(lines)
	workers.Wait()
	return sorted(counts), scanner.Err()
}

func isSeparator(letter rune) bool { return !unicode.IsLetter(letter) && !unicode.IsNumber(letter) }

func sorted(counts map[string]int) []Word {
	words := make([]Word, 0, len(counts))
	for text, count := range counts {
		words = append(words, Word{text, count})
	}
	slices.SortFunc(words, func(left, right Word) int {
		return cmp.Or(cmp.Compare(right.Count, left.Count), strings.Compare(left.Text, right.Text))
	})
	return words
}
