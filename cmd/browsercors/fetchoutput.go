package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// fetchOutputFlags choose what browsercors fetch prints, and the file.
type fetchOutputFlags struct {
	printFlags
	verbose      bool
	include      bool
	dumpHeader   string
	remoteName   bool
	outputDir    string
	createDirs   bool
	fail         bool
	failWithBody bool
	color        colorWhen
}

func (o *fetchOutputFlags) add(flags *pflag.FlagSet) {
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "print each request and each decision, with its reason, on standard error")
	flags.BoolVarP(&o.include, "include", "i", false, "print the status and the headers that script sees before the body")
	o.printFlags.add(flags, textFormat, jsonFormat)
	flags.BoolVarP(&o.remoteName, "remote-name", "O", false, "print to a file with the name that ends the path of the URL")
	flags.StringVar(&o.outputDir, "output-dir", "", "`directory` of that file")
	flags.BoolVar(&o.createDirs, "create-dirs", false, "create the directory of that file")
	flags.StringVarP(&o.dumpHeader, "dump-header", "D", "", "print the status and the headers that script sees to this `file`; - is standard output")
	flags.BoolVarP(&o.fail, "fail", "f", false, "exit with status 1 and print no body if the status is 400 or above")
	flags.BoolVar(&o.failWithBody, "fail-with-body", false, "exit with status 1 if the status is 400 or above")
	o.color.add(flags)
}

// check refuses flags that contradict each other.
func (o *fetchOutputFlags) check() error {
	var named []string
	if o.remoteName {
		named = append(named, "--remote-name")
	}
	if o.fileBy != "" {
		named = append(named, o.fileBy)
	}
	var wrong []error
	if len(named) > 1 {
		wrong = append(wrong, fmt.Errorf("%s exclude each other", text.List(named)))
	}
	if o.fail && o.failWithBody {
		wrong = append(wrong, errors.New("--fail and --fail-with-body exclude each other"))
	}
	return errors.Join(wrong...)
}

// outputFile is the file for the output of a URL; "" is standard output. It creates the
// directory with --create-dirs.
func (o *fetchOutputFlags) outputFile(url string) (string, error) {
	name := o.file
	if o.remoteName {
		u, err := origin.ParseURL(url)
		if err != nil {
			return "", err
		}
		if name = u.Path()[strings.LastIndexByte(u.Path(), '/')+1:]; name == "" {
			return "", fmt.Errorf("--remote-name: the path of %s has no file name", url)
		}
	}
	if name == "" || name == "-" {
		return name, nil
	}
	if o.outputDir != "" {
		name = filepath.Join(o.outputDir, name)
	}
	if o.createDirs {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return "", err
		}
	}
	return name, nil
}
