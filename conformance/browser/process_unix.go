//go:build unix

package browser

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// ownGroup has a program start as the leader of a process group.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup ends a process group: at once, or after a time in which it may
// remove what it has left outside its directory.
func endGroup(cmd *exec.Cmd, atOnce bool) {
	if !atOnce && syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) == nil {
		for range 100 {
			time.Sleep(10 * time.Millisecond)
			if ended(cmd.Process.Pid) {
				break
			}
		}
	}
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}

// ended tells whether a child has ended; it may not have been waited for.
func ended(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return true
	}
	_, state, _ := bytes.Cut(stat, []byte(") "))
	return len(state) > 0 && state[0] == 'Z'
}

// endStragglers ends the processes that left their group but still name the
// session's directory in their environment or arguments.
func endStragglers(dir string) {
	lists, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, list := range lists {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(list)))
		if err != nil || pid == os.Getpid() {
			continue
		}
		environ, _ := os.ReadFile(list)
		args, _ := os.ReadFile(filepath.Join(filepath.Dir(list), "cmdline"))
		if bytes.Contains(environ, []byte("="+dir+"/")) || bytes.Contains(args, []byte(dir+"/")) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}
