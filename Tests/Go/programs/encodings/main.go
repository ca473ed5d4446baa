// Texts and formats there and back: JSON, XML, CSV, gob, base64, compression, templates, regular expressions, numbers.
package main

import (
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/lzw"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"reflect"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"
	"unicode"
	"unicode/utf16"
)

type item struct {
	Name   string             `json:"name" xml:"name,attr"`
	Number int64              `json:"number" xml:"number"`
	Ratio  float64            `json:"ratio" xml:"ratio"`
	Tags   []string           `json:"tags,omitempty" xml:"tags>tag"`
	Table  map[string]float64 `json:"table" xml:"-"`
	Parts  []*item            `json:"parts,omitempty" xml:"part"`
}

func sample(depth int) *item {
	made := &item{
		Name: fmt.Sprintf("ïtem <%d> & \"more\"\n", depth), Number: math.MinInt64 + int64(depth), Ratio: 1 / float64(depth+3),
		Tags: []string{"a", "b\t", "日本"}[:depth%4], Table: map[string]float64{"π": 3.25, "e": 2.5e-300, "big": 1e300},
	}
	for i := range depth {
		made.Parts = append(made.Parts, sample(i))
	}
	return made
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func records() {
	original := sample(4)
	text, err := json.MarshalIndent(original, "", " ")
	check(err)
	back := &item{}
	check(json.Unmarshal(text, back))
	fmt.Println(string(text), reflect.DeepEqual(original, back))
	var anything any
	fmt.Println(json.Unmarshal([]byte(`{"a": [1, 2.5e3, "\u00e9\ud83d\ude00", null, true], "b": {`), &anything))
	text, err = xml.MarshalIndent(sample(2), "", " ")
	check(err)
	fmt.Println(string(text))
	var buffer bytes.Buffer
	check(gob.NewEncoder(&buffer).Encode(original))
	back = &item{}
	check(gob.NewDecoder(&buffer).Decode(back))
	fmt.Println(reflect.DeepEqual(original, back))
	rows, err := csv.NewReader(strings.NewReader("a,\"b,\"\"c\"\nd,e\n")).ReadAll()
	fmt.Println(rows, err)
	var number struct {
		A uint16
		B int32
		C float32
	}
	check(binary.Read(bytes.NewReader([]byte{1, 2, 0xff, 0xff, 0xff, 0xfe, 0x40, 0x49, 0x0f, 0xdb}), binary.BigEndian, &number))
	fmt.Println(number, base64.URLEncoding.EncodeToString(text[:40]), hex.EncodeToString([]byte("bytes")))
}

func compressions() {
	var words strings.Builder
	for i := range 20000 {
		words.WriteString(strconv.Itoa(i * i % 977))
	}
	text := []byte(words.String())
	for level := 1; level <= 9; level += 4 {
		var out bytes.Buffer
		writer, err := gzip.NewWriterLevel(&out, level)
		check(err)
		writer.Write(text)
		check(writer.Close())
		reader, err := gzip.NewReader(bytes.NewReader(out.Bytes()))
		check(err)
		back, err := io.ReadAll(reader)
		fmt.Println("gzip", level, out.Len(), crc32.ChecksumIEEE(out.Bytes()), bytes.Equal(back, text), err)
	}
	var out bytes.Buffer
	writer := lzw.NewWriter(&out, lzw.MSB, 8)
	writer.Write(text)
	check(writer.Close())
	back, err := io.ReadAll(lzw.NewReader(&out, lzw.MSB, 8))
	fmt.Println("lzw", bytes.Equal(back, text), err)
	_, err = io.ReadAll(flate.NewReader(bytes.NewReader(text[:100])))
	fmt.Println(err)
	_, err = io.ReadAll(bzip2.NewReader(bytes.NewReader(text)))
	fmt.Println(err)
}

func numbers() {
	for _, text := range []string{"1e-320", "0x1.8p-1074", "1.7976931348623157e308", "1e400", "NaN", "-0", "0.1", "123456789012345678901234567890"} {
		value, err := strconv.ParseFloat(text, 64)
		fmt.Println(text, value, strconv.FormatFloat(value, 'x', -1, 64), float32(value), math.Float64bits(value), err)
	}
	for _, value := range []float64{0, 0.5, 2.5, -2.5, 1e15 + 0.5, -1e300, 4.9e-324} {
		fmt.Println(math.Floor(value), math.Ceil(value), math.Round(value), math.RoundToEven(value), math.Trunc(value),
			math.Sqrt(math.Abs(value)), math.Nextafter(value, 1), int32(math.Mod(value, 7)))
	}
	for _, base := range []int{2, 7, 16, 36} {
		fmt.Print(strconv.FormatInt(math.MinInt64, base), " ")
	}
	fmt.Printf("%08.3f|%+d|%-6x|%#o|%q|%U|%e|%t|%v|%T\n", 3.14159, 5, 255, 8, "a\x00é", '⌘', 12345.678, true, []any{1, "a", nil}, sample(0))
}

func texts() {
	expression := regexp.MustCompile(`(?i)(\w+)@(\w+)\.(com|org)`)
	fmt.Println(expression.FindAllStringSubmatchIndex("Joe@Example.com, ann@x.org; no@nowhere", -1))
	fmt.Println(expression.ReplaceAllString("Joe@Example.com", "$2 at $1"))
	words := strings.Fields("the quick brown fox jumps over the lazy dog THE END Straße ÉCOLE")
	sort.SliceStable(words, func(i, j int) bool { return strings.ToUpper(words[i]) < strings.ToUpper(words[j]) })
	fmt.Println(words, strings.ToTitle("straße"), strings.Map(unicode.ToUpper, "éa"), utf16.Encode([]rune("a😀")))
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 1, '.', tabwriter.AlignRight)
	fmt.Fprintln(table, "a\tbbb\tc\t")
	fmt.Fprintln(table, "aaaa\tb\tccccc\t")
	table.Flush()
	template.Must(template.New("t").Parse("{{range $i, $e := .}}{{$i}}={{$e.Name | printf \"%q\"}};{{end}}\n")).Execute(os.Stdout, sample(3).Parts)
	moment := time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.UTC)
	fmt.Println(moment.AddDate(1, 0, 0).Format(time.RFC1123), moment.YearDay(), moment.Weekday(), moment.Truncate(time.Hour).Format(time.Kitchen))
	parsed, err := time.Parse(time.RFC3339Nano, "2001-09-09T01:46:40.5+02:00")
	fmt.Println(parsed.UTC(), err, moment.Sub(parsed))
}

func main() {
	records()
	compressions()
	numbers()
	texts()
}
