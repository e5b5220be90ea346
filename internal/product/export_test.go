package product

import "github.com/browsercors/browsercors/internal/cause"

// Surely are the products that show as surely as the one that is guessed.
func Surely(c *Case) (names []string) {
	seen := c.candidates()
	best := Weak
	guess, _ := Advise(c)
	for _, k := range seen {
		if k.product.Name == guess.Product {
			best = k.sign.Strength
		}
	}
	for _, k := range seen {
		if k.sign.Strength >= best {
			names = append(names, k.product.Name)
		}
	}
	return names
}

// Shows tells whether a sign is there.
func (s *Sign) Shows(e *cause.Evidence) bool {
	_, ok := s.shows(look(e))
	return ok
}
