// Package text makes texts for people: lists and counts in words, lines of a given width,
// and strings from outside. Such a string may be long, and may contain what a terminal or
// an output format would interpret as a command.
package text
