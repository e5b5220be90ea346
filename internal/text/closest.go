package text

import "strings"

// Closest returns the word of a list that a misspelt word most likely stands for: the one
// with the fewest edits, ignoring case. An edit adds, removes or changes a character, or
// swaps two neighbours. If several words need the same number of edits, the longest is
// returned, because people leave out letters more often than they add them. The result is
// false if more than a third of the word would have to be edited, or if the word is in the
// list.
func Closest(word string, of []string) (string, bool) {
	const longest = 64 // a longer word is not compared
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

// edits is the number of edits that turn a into b: the optimal string alignment distance.
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
