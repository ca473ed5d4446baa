// Files and folders: written, read, renamed, linked, walked, locked out and removed. The folder's contents at the end are
// the output's last part; report.txt stays.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func write(name string, lines int) {
	file, err := os.Create(name)
	check(err)
	writer := bufio.NewWriter(file)
	for i := range lines {
		fmt.Fprintf(writer, "line %d of %s\n", i, filepath.Base(name))
	}
	check(writer.Flush())
	check(file.Close())
}

func errorsOf() {
	_, err := os.Open("none")
	fmt.Println(err, errors.Is(err, fs.ErrNotExist))
	fmt.Println(os.Mkdir("folder", 0o755))
	fmt.Println(os.Mkdir("folder", 0o755))
	fmt.Println(os.Remove("folder/none"))
	write("folder/file", 3)
	fmt.Println(os.Remove("folder"))
	_, err = os.ReadDir("folder/file")
	fmt.Println(err)
	fmt.Println(os.Rename("folder", "folder/inside") != nil, os.Symlink("b", "a"), os.Symlink("a", "b"))
	_, err = os.Stat("a")
	fmt.Println(err)
	check(os.Remove("a"))
	check(os.Remove("b"))
}

func positions() {
	file, err := os.OpenFile("data", os.O_RDWR|os.O_CREATE, 0o640)
	check(err)
	defer file.Close()
	_, err = file.WriteAt([]byte("far away"), 5_000_000_000)
	check(err)
	end, err := file.Seek(0, io.SeekEnd)
	fmt.Println(end, err)
	room := make([]byte, 12)
	n, err := file.ReadAt(room, 4_999_999_996)
	fmt.Printf("%d %q %v\n", n, room, err)
	check(file.Truncate(10))
	all, err := io.ReadAll(io.NewSectionReader(file, 0, 100))
	fmt.Println(len(all), err)
	moment := time.Unix(1_000_000_000, 123_000_000)
	check(os.Chtimes("data", moment, moment))
	status, err := file.Stat()
	check(err)
	fmt.Println(status.Size(), status.Mode(), status.ModTime().UTC(), status.IsDir())
}

func main() {
	errorsOf()
	positions()
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			folder := filepath.Join("tree", fmt.Sprint("d", i%5), fmt.Sprint("e", i))
			check(os.MkdirAll(folder, 0o755))
			write(filepath.Join(folder, "text"), 10*i)
			check(os.Link(filepath.Join(folder, "text"), filepath.Join(folder, "again")))
			check(os.Symlink("text", filepath.Join(folder, "pointer")))
		})
	}
	group.Wait()
	check(os.RemoveAll("tree/d3"))
	check(os.Rename("tree/d4", "tree/moved"))
	report, err := os.Create("report.txt")
	check(err)
	out := io.MultiWriter(os.Stdout, report)
	check(filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		check(err)
		if path == "report.txt" || entry.IsDir() && strings.HasPrefix(path, ".") {
			return nil
		}
		status, err := entry.Info()
		check(err)
		target, _ := os.Readlink(path)
		size := status.Size()
		if entry.IsDir() {
			size = 0
		}
		fmt.Fprintln(out, path, entry.Type(), status.Mode().Perm()&0o700, size, target)
		return nil
	}))
	check(report.Close())
}
