package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"hash/fnv"
	"io"
	"math/big"
	"regexp"
	"sort"
	"strings"
	"text/template"
)

var computing = []benchmark{
	{"sort_numbers", "go", 1, 1, sortNumbers},
	{"sort_strings", "go", 1, 1, sortStrings},
	{"map_numbers", "go", 1, 1, mapNumbers},
	{"map_strings", "go", 1, 1, mapStrings},
	{"json", "go", 1, 1, jsonRoundTrip},
	{"regexp", "go", 1, 1, matchExpressions},
	{"sha256", "go", 1, 1, hashBlocks},
	{"crc32", "go", 1, 1, checkBlocks},
	{"gzip", "go", 1, 1, gzipRoundTrip},
	{"big_numbers", "go", 1, 1, digitsOfPi},
	{"format", "go", 1, 1, formatNumbers},
	{"template", "go", 1, 1, executeTemplate},
	{"search_bytes", "go", 1, 1, searchBytes},
	{"trees", "go", 1, 1, allocateTrees},
	{"interfaces", "go", 1, 1, callInterfaces},
}

// generator is xorshift64*: the same numbers everywhere.
type generator uint64

func (g *generator) next() uint64 {
	x := uint64(*g)
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	*g = generator(x)
	return x * 0x2545F4914F6CDD1D
}

func digest(data []byte) uint64 {
	hash := fnv.New64a()
	hash.Write(data)
	return hash.Sum64()
}

// text is a number of words of a small vocabulary, in lines.
func text(words int) []byte {
	g := generator(42)
	vocabulary := make([]string, 500)
	for i := range vocabulary {
		letters := make([]byte, 2+g.next()%9)
		for j := range letters {
			letters[j] = byte('a' + g.next()%26)
		}
		vocabulary[i] = string(letters)
	}
	var out bytes.Buffer
	for i := 0; i < words; i++ {
		out.WriteString(vocabulary[g.next()%uint64(len(vocabulary))])
		if i%12 == 11 {
			out.WriteByte('\n')
		} else {
			out.WriteByte(' ')
		}
	}
	return out.Bytes()
}

func sortNumbers(int) uint64 {
	g := generator(1)
	numbers := make([]int, 400_000)
	for i := range numbers {
		numbers[i] = int(g.next() >> 1)
	}
	sort.Slice(numbers, func(i, j int) bool { return numbers[i] < numbers[j] })
	sum := uint64(0)
	for i, number := range numbers {
		sum += uint64(i) * uint64(number)
	}
	return sum
}

func sortStrings(int) uint64 {
	words := strings.Fields(string(text(150_000)))
	sort.Strings(words)
	return digest([]byte(strings.Join(words, " ")))
}

func mapNumbers(int) uint64 {
	g := generator(2)
	counts := map[uint64]int{}
	for i := 0; i < 1_500_000; i++ {
		counts[g.next()%50_000]++
	}
	sum := uint64(0)
	for key, count := range counts {
		sum += key * uint64(count)
	}
	return sum
}

func mapStrings(int) uint64 {
	words := strings.Fields(string(text(100_000)))
	counts := map[string]int{}
	for round := 0; round < 12; round++ {
		for _, word := range words {
			counts[word]++
		}
	}
	sum := uint64(0)
	for word, count := range counts {
		sum += digest([]byte(word)) * uint64(count)
	}
	return sum
}

type record struct {
	Name    string             `json:"name"`
	Number  int64              `json:"number"`
	Ratio   float64            `json:"ratio"`
	Tags    []string           `json:"tags"`
	Details map[string]float64 `json:"details"`
	Next    *record            `json:"next,omitempty"`
}

func jsonRoundTrip(int) uint64 {
	g := generator(3)
	var records []record
	for i := 0; i < 1500; i++ {
		part := &record{Name: fmt.Sprint("part", i), Number: int64(g.next() >> 20), Tags: []string{"x", "\u00e9\n"}}
		records = append(records, record{
			Name: fmt.Sprint("record ", i), Number: int64(g.next() >> 11), Ratio: float64(g.next()>>40) / 1024,
			Tags: []string{"alpha", "beta", "gamma"}, Details: map[string]float64{"a": 1.5, "b": float64(i) / 7}, Next: part,
		})
	}
	var encoded []byte
	for round := 0; round < 4; round++ {
		var err error
		if encoded, err = json.Marshal(records); err != nil {
			return 0
		}
		records = nil
		if json.Unmarshal(encoded, &records) != nil {
			return 0
		}
	}
	return digest(encoded)
}

func matchExpressions(int) uint64 {
	data := text(40_000)
	sum := uint64(0)
	for _, expression := range []string{`[a-f]+z\b`, `(\w+) (\w+)\n`, `(?i)q[^aeiou]{2,4}`, `^(?:a|b|c)\w* .*x$`} {
		for _, match := range regexp.MustCompile("(?m)"+expression).FindAllIndex(data, -1) {
			sum = sum*31 + uint64(match[0])<<20 + uint64(match[1])
		}
	}
	return sum
}

func hashBlocks(int) uint64 {
	block := text(8_000)
	var state [sha256.Size]byte
	for round := 0; round < 400; round++ {
		copy(block, state[:])
		state = sha256.Sum256(block)
	}
	return binary.BigEndian.Uint64(state[:])
}

func checkBlocks(int) uint64 {
	block := text(8_000)
	sum := uint64(0)
	for round := 0; round < 10_000; round++ {
		block[round] ^= byte(sum)
		sum = sum<<7 ^ uint64(crc32.ChecksumIEEE(block))
	}
	return sum
}

func gzipRoundTrip(int) uint64 {
	data := text(250_000)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	writer.Write(data)
	writer.Close()
	sum := digest(packed.Bytes())
	reader, err := gzip.NewReader(&packed)
	if err != nil {
		return 0
	}
	unpacked, err := io.ReadAll(reader)
	if err != nil || !bytes.Equal(unpacked, data) {
		return 0
	}
	return sum
}

// digitsOfPi is the spigot of Gibbons with numbers of unlimited size.
func digitsOfPi(int) uint64 {
	q, r, t := big.NewInt(1), big.NewInt(0), big.NewInt(1)
	var a, b, quotient big.Int
	var digits bytes.Buffer
	for k := int64(1); digits.Len() < 1500; k++ {
		// (q, r, t) = (q k, (2 q + r)(2 k + 1), t (2 k + 1))
		factor := big.NewInt(2*k + 1)
		a.Lsh(q, 1)
		r.Mul(a.Add(&a, r), factor)
		t.Mul(t, factor)
		q.Mul(q, big.NewInt(k))
		if q.Cmp(r) > 0 {
			continue
		}
		// The next digit is known when 3 and 4 times q give the same one.
		a.Mul(q, big.NewInt(3))
		quotient.Quo(a.Add(&a, r), t)
		b.Lsh(q, 2)
		b.Add(&b, r)
		if b.Quo(&b, t).Cmp(&quotient) != 0 {
			continue
		}
		digits.WriteString(quotient.String())
		a.Mul(&quotient, t)
		r.Sub(r, &a)
		r.Mul(r, big.NewInt(10))
		q.Mul(q, big.NewInt(10))
	}
	return digest(digits.Bytes())
}

func formatNumbers(int) uint64 {
	g := generator(4)
	hash := fnv.New64a()
	for i := 0; i < 100_000; i++ {
		number := g.next()
		fmt.Fprintf(hash, "%8d %x %-10s|%6.3f\n", number>>40, number, "name", float64(number>>30)/1e6)
	}
	return hash.Sum64()
}

func executeTemplate(int) uint64 {
	page := template.Must(template.New("page").Parse(
		"{{range $i, $r := .}}{{if $r.Tags}}<li>{{printf \"%03d\" $i}} {{$r.Name | html}}{{range .Tags}} {{.}}{{end}}{{end}}\n{{end}}"))
	records := make([]record, 2000)
	for i := range records {
		records[i] = record{Name: fmt.Sprint("<", i, ">"), Tags: []string{"one", "two"}}
	}
	hash := fnv.New64a()
	for round := 0; round < 8; round++ {
		if page.Execute(hash, records) != nil {
			return 0
		}
	}
	return hash.Sum64()
}

func searchBytes(int) uint64 {
	data := text(100_000)
	sum := uint64(0)
	for round := 0; round < 60; round++ {
		sum += uint64(bytes.Count(data, []byte{'\n'}))
		sum += uint64(bytes.IndexByte(data, '#')) + uint64(bytes.Index(data, []byte("no such text")))
		for rest := data; len(rest) > 0; {
			end := bytes.IndexByte(rest, '\n')
			if end < 0 {
				break
			}
			sum += uint64(end)
			rest = rest[end+1:]
		}
	}
	return sum
}

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() uint64 {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func allocateTrees(int) uint64 {
	lasting := grow(16)
	sum := uint64(0)
	for round := 0; round < 300; round++ {
		sum += grow(12).count()
	}
	return sum + lasting.count()
}

type shape interface{ area() uint64 }
type square struct{ side uint64 }
type rectangle struct{ width, height uint64 }
type outlined struct{ inner shape }

func (s square) area() uint64    { return s.side * s.side }
func (r rectangle) area() uint64 { return r.width * r.height }
func (o outlined) area() uint64  { return o.inner.area() + 1 }

func callInterfaces(int) uint64 {
	g := generator(5)
	shapes := make([]shape, 1000)
	for i := range shapes {
		switch number := g.next(); number % 3 {
		case 0:
			shapes[i] = square{number >> 40}
		case 1:
			shapes[i] = rectangle{number >> 50, number & 0xFF}
		default:
			shapes[i] = outlined{square{number >> 45}}
		}
	}
	sum := uint64(0)
	for round := 0; round < 10_000; round++ {
		for _, s := range shapes {
			sum += s.area()
		}
	}
	return sum
}
