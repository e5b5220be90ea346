package conformance

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// ReadScenarios reads and checks the scenarios of files, in order. A file holds
// an array of scenarios, or one per line; it is compressed with gzip if its name
// ends in ".gz". The file "-" is stdin. An error is one line that names the file,
// the scenario and the key at fault.
func ReadScenarios(stdin io.Reader, files ...string) ([]*Scenario, error) {
	var all []*Scenario
	for _, file := range files {
		scenarios, err := readFile(file, stdin)
		if err != nil {
			return nil, err
		}
		all = append(all, scenarios...)
	}
	return all, nil
}

func readFile(file string, stdin io.Reader) ([]*Scenario, error) {
	if file == "-" {
		return readScenarios("standard input", stdin)
	}
	f, err := open(file)
	if err != nil {
		return nil, &inputError{File: file, Err: shortPathError(err)}
	}
	defer f.Close()
	return readScenarios(file, f)
}

// open opens a file for reading, through gzip if its name says so.
func open(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil || !strings.HasSuffix(file, ".gz") {
		return f, err
	}
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, gzipError{err}
	}
	return &zipped{Reader: unzipped, file: f}, nil
}

// A zipped is a compressed file that is being read.
type zipped struct {
	*gzip.Reader
	file *os.File
}

func (z *zipped) Read(p []byte) (int, error) {
	n, err := z.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = gzipError{err}
	}
	return n, err
}

func (z *zipped) Close() error { return errors.Join(z.Reader.Close(), z.file.Close()) }

// A gzipError says what is wrong with a compressed file.
type gzipError struct{ err error }

func (e gzipError) Error() string {
	if errors.Is(e.err, io.ErrUnexpectedEOF) || errors.Is(e.err, io.EOF) {
		return "the compressed file is truncated"
	}
	return "is not compressed with gzip: " + e.err.Error()
}

func (e gzipError) Unwrap() error { return e.err }

// shortPathError is an error of package os without the path, which is named
// already.
func shortPathError(err error) error {
	var pathError *os.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// writeFile writes a file as a whole or not at all: a file of the same
// directory that takes its name once all is on the disk.
func writeFile(path string, write func(io.Writer) error) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			temporary.Close()
			os.Remove(temporary.Name())
		}
	}()
	if err := temporary.Chmod(0o644); err != nil {
		return err
	}
	if err := write(temporary); err != nil {
		return err
	}
	if err := temporary.Sync(); err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), path); err != nil {
		return err
	}
	// The new name is in the directory, which has to reach the disk too. Where
	// directories can't be synced there is nothing to be done.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync()
		dir.Close()
	}
	return nil
}
