package replacefile

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// crashEnv names the file that a copy of this test writes when it is to die.
const crashEnv = "BROWSERCORS_TEST_CRASH"

// A process that is killed when all is written, and before the new file takes
// its place, leaves the old one.
func TestWriteCrash(t *testing.T) {
	if name := os.Getenv(crashEnv); name != "" {
		crashWhileSaving(name)
		os.Exit(0) // which the parent takes for a failure
	}
	name := filepath.Join(t.TempDir(), "jar.json")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestWriteCrash$")
	cmd.Env = append(os.Environ(), crashEnv+"="+name)
	if out, err := cmd.CombinedOutput(); err == nil {
		t.Fatalf("it did not die: %s", out)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "old" {
		t.Errorf("%q, %v", got, err)
	}
	left, err := filepath.Glob(name + ".*")
	if err != nil || len(left) != 1 {
		t.Fatalf("files beside it: %v, %v", left, err)
	}
	if got, err := os.ReadFile(left[0]); err != nil || string(got) != "new" {
		t.Errorf("it died too soon: %q, %v", got, err)
	}
}

func crashWhileSaving(name string) {
	_ = replace(name, func(string, string) error {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err == nil {
			select {}
		}
		return err
	}, func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		return err
	})
}

// A disk that is full, and a name that can't be replaced, leave the old file and
// nothing beside it.
func TestWriteFails(t *testing.T) {
	full := errors.New("no space left")
	for name, tt := range map[string]struct {
		write  func(io.Writer) error
		rename func(string, string) error
	}{
		"write": {func(w io.Writer) error {
			out := bufio.NewWriter(w)
			out.WriteString("ne")
			return errors.Join(out.Flush(), full)
		}, os.Rename},
		"rename": {func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }, func(string, string) error { return full }},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "jar")
			if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := replace(file, tt.rename, tt.write); !errors.Is(err, full) {
				t.Error(err)
			}
			if got, _ := os.ReadFile(file); string(got) != "old" {
				t.Errorf("%q", got)
			}
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("%v", entries)
			}
		})
	}
}
