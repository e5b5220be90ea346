package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/product"
)

// A serverFlag is --server: a product by one of its names.
type serverFlag string

func (s *serverFlag) add(flags *pflag.FlagSet) {
	flags.Var(s, "server", "`product` to be changed, such as nginx or s3, whose configuration is shown; without it, a guess")
}

func (s *serverFlag) String() string  { return string(*s) }
func (s *serverFlag) Type() string    { return "product" }
func (s *serverFlag) words() []string { return product.Names() }

func (s *serverFlag) Set(name string) error {
	if _, ok := product.ByName(name); !ok {
		if meant, ok := product.Closest(name); ok {
			return fmt.Errorf("unknown product %.40q; did you mean %s?", name, meant)
		}
		return unknownWord("product", name, product.Names())
	}
	*s = serverFlag(name)
	return nil
}
