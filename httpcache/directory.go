package httpcache

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// OpenDirectory returns a [Store] in a directory, which is made if it does not
// exist. What is stored survives the end of the process, also a sudden one: a file
// appears under its name only once it is complete. Several processes may use the
// directory at the same time.
//
// Only the user can read the directory and its files. The names of the files are
// keyed hashes, so that they tell nobody which URLs were visited; the files
// themselves hold the URLs, headers and bodies as they are.
//
// The error is that of the file system. A directory on a read-only or full disk can
// be opened if it was made before: what is there is used, and nothing is added.
func OpenDirectory(path string) (Store, error) {
	d := &directory{root: path}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("httpcache: %w", err)
	}
	if err := d.readSecret(); err != nil {
		return nil, fmt.Errorf("httpcache: directory %s: %w", path, err)
	}
	d.removeLeftovers()
	return d, nil
}

// directory is a directory of blobs, in subdirectories by the first two digits of
// their names.
type directory struct {
	root   string
	secret []byte
}

const (
	secretFile = "secret"
	secretSize = 32
	temporary  = ".tmp-" // what the names of unfinished files begin with
)

// readSecret reads the key with which names are made, or makes it.
func (d *directory) readSecret() error {
	name := filepath.Join(d.root, secretFile)
	fresh := make([]byte, secretSize)
	rand.Read(fresh)
	file, err := os.CreateTemp(d.root, temporary)
	if err == nil {
		_, err = file.Write(fresh)
		err = errors.Join(err, file.Close())
		if err == nil {
			err = os.Link(file.Name(), name) // fails if there is one, so that all processes have the same
		}
		os.Remove(file.Name())
	}
	secret, readErr := os.ReadFile(name)
	switch {
	case readErr != nil && err != nil && !errors.Is(err, fs.ErrExist):
		return d.makeSecret(name, fresh, err)
	case readErr != nil:
		return readErr
	case len(secret) != secretSize:
		return fmt.Errorf("%s is not the key of a cache", secretFile)
	}
	d.secret = secret
	return nil
}

// makeSecret makes the key where the file system has no hard links.
func (d *directory) makeSecret(name string, fresh []byte, cause error) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return cause
	}
	_, err = file.Write(fresh)
	d.secret = fresh
	return errors.Join(err, file.Close())
}

// removeLeftovers removes files that a process has not finished.
func (d *directory) removeLeftovers() {
	entries, _ := os.ReadDir(d.root)
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), temporary) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > orphaned {
			os.Remove(filepath.Join(d.root, e.Name()))
		}
	}
}

// path is where a blob is. Names are of hexadecimal digits and hyphens.
func (d *directory) path(name string) (string, error) {
	if len(name) < 3 || strings.Trim(name, "0123456789abcdef-") != "" {
		return "", fmt.Errorf("httpcache: invalid blob name %q", name)
	}
	return filepath.Join(d.root, name[:2], name[2:]), nil
}

// usedEvery is how exact it is known when a blob was used.
const usedEvery = time.Second

func (d *directory) Open(name string) (io.ReadCloser, error) {
	path, err := d.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err == nil && time.Since(info.ModTime()) > usedEvery {
		now := time.Now()
		os.Chtimes(path, now, now) // On a read-only disk nothing is evicted either.
	}
	return file, nil
}

func (d *directory) Create(name string) (Blob, error) {
	path, err := d.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(d.root, temporary)
	if err != nil {
		return nil, err
	}
	return &newFile{file, path, false}, nil
}

func (d *directory) Delete(name string) error {
	path, err := d.path(name)
	if err != nil {
		return err
	}
	if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d *directory) All() iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		shards, err := os.ReadDir(d.root)
		if err != nil {
			yield(Stored{}, err)
			return
		}
		for _, shard := range shards {
			if !shard.IsDir() || len(shard.Name()) != 2 {
				continue
			}
			files, err := os.ReadDir(filepath.Join(d.root, shard.Name()))
			if err != nil && !yield(Stored{}, err) {
				return
			}
			for _, f := range files {
				info, err := f.Info()
				if err != nil { // Another process has deleted it.
					continue
				}
				if !yield(Stored{shard.Name() + f.Name(), info.Size(), info.ModTime()}, nil) {
					return
				}
			}
		}
	}
}

// newFile is a file that gets its name once it is complete.
type newFile struct {
	*os.File
	path string
	done bool
}

func (f *newFile) Commit() error {
	f.done = true
	err := f.File.Close()
	if err == nil {
		err = os.Rename(f.Name(), f.path)
		if errors.Is(err, fs.ErrNotExist) { // the first of its subdirectory
			os.Mkdir(filepath.Dir(f.path), 0o700)
			err = os.Rename(f.Name(), f.path)
		}
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func (f *newFile) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	return errors.Join(f.File.Close(), os.Remove(f.Name()))
}
