package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

func newVersionCommand(std stdio) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the command, the Standard and the browsers",
		Long: "Print the version of the command, of the Go toolchain that built it, of the Fetch Standard that it " +
			"follows, and of the browser that each profile follows.",
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(std.out, versionText())
			return err
		},
	}
}

// versionText is the versions, one per line.
func versionText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "browsercors %s\n", ownVersion())
	fmt.Fprintf(&b, "Go %s, %s/%s\n", strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH)
	for _, p := range engine.Profiles() {
		if p.Name == fetch.Standard().Name {
			fmt.Fprintf(&b, "Fetch Standard %s\n", p.Version)
			continue
		}
		fmt.Fprintf(&b, "profile %s\n", title(p))
	}
	return b.String()
}

// ownVersion is the version of the module, from the build information.
func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
