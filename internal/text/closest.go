package text

import "strings"

// Closest is the word of a list that a misspelt word was most likely meant to be:
// the one that the fewest edits lead to, case aside. An edit adds, removes or
// changes a character, or swaps two neighbours. False if there is none: more than
// a third of the word would have to be edited, or the word is on the list. Of
// equals it is the longest, since letters are left out more often than added.
func Closest(word string, of []string) (string, bool) {
	const longest = 64 // what is longer is no misspelt word of a list
	if word == "" || len(word) > longest {
		return "", false
	}
	best, fewest := "", max(1, len(word)/3)+1
	for _, candidate := range of {
		switch {
		case candidate == word:
			return "", false
		case len(candidate) > longest:
			continue
		}
		n := edits(strings.ToLower(word), strings.ToLower(candidate))
		if n < len(candidate) && (n < fewest || n == fewest && best != "" && len(candidate) > len(best)) {
			best, fewest = candidate, n
		}
	}
	return best, best != ""
}

// edits is how many edits make b of a: the optimal string alignment distance.
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := last[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(last[j]+1, row[j-1]+1, changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
