package text

// Problem is an error's text for somebody who does not know the packages. Errors
// with a method Problem say by it what is wrong, without the name of the package
// that found it.
func Problem(err error) string {
	if e, ok := err.(interface{ Problem() string }); ok {
		return e.Problem()
	}
	return err.Error()
}
