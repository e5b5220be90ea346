//go:build !unix

package browser

import "os/exec"

func ownGroup(*exec.Cmd) {}

func endGroup(cmd *exec.Cmd, _ bool) { _ = cmd.Process.Kill() }

func endStragglers(string) {}
