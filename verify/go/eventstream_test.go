// Tests of the event-stream parser: wherever it is cut, the events are the same.

package verify

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func parseEvents(t *testing.T, chunks ...string) []event {
	t.Helper()
	var events []event
	var p eventParser
	for _, chunk := range chunks {
		if err := p.feed([]byte(chunk), func(one event) error {
			events = append(events, one)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return events
}

func TestEventsAreReadHoweverTheyAreWritten(t *testing.T) {
	for text, want := range map[string][]event{
		"event: a\ndata: 1\n\n":                  {{"a", "1"}},
		"event:a\r\ndata:1\r\n\r\n":              {{"a", "1"}},
		"event: a\rdata: 1\r\r":                  {{"a", "1"}},
		"\xef\xbb\xbfdata: 1\n\n":                {{"message", "1"}},
		": comment\n\ndata: 1\ndata:  2\n\n":     {{"message", "1\n 2"}},
		"event: a\n\ndata: 1\n\n":                {{"message", "1"}},
		"data\n\n":                               {{"message", ""}},
		"id: 5\nretry: 9\nother: x\ndata: 1\n\n": {{"message", "1"}},
		"data: 1\n":                              nil,
	} {
		if got := parseEvents(t, text); !slices.Equal(got, want) {
			t.Errorf("%q is read as %q, wanted %q", text, got, want)
		}
		if got := parseEvents(t, strings.Split(text, "")...); !slices.Equal(got, want) {
			t.Errorf("%q, cut into characters, is read as %q", text, got)
		}
	}
}

func TestALineWithoutAnEndIsNotReadForEver(t *testing.T) {
	var p eventParser
	var err error
	for n := 0; n < 20 && err == nil; n++ {
		err = p.feed([]byte(strings.Repeat("a", 100_000)), func(event) error { return nil })
	}
	if !errors.Is(err, errEventTooLong) {
		t.Errorf("the answer is %v", err)
	}
}

func TestAnEventOfEndlessLinesIsNotReadForEver(t *testing.T) {
	var p eventParser
	var err error
	line := "data: " + strings.Repeat("a", 100_000) + "\n"
	for n := 0; n < 60 && err == nil; n++ {
		err = p.feed([]byte(line), func(event) error { return nil })
	}
	if !errors.Is(err, errEventTooLong) {
		t.Errorf("the answer is %v", err)
	}
}

func FuzzEventStream(f *testing.F) {
	f.Add("event: revoked\r\ndata: {\"position\":1,\"revoked\":[]}\r\n\r\n", 3)
	f.Add("\xef\xbb\xbf: a\n\rdata: 1\r\n\n\ndata", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		whole := parseEvents(t, text)
		var chunks []string
		for part := range slices.Chunk([]byte(text), max(size%64, 0)+1) {
			chunks = append(chunks, string(part))
		}
		if parts := parseEvents(t, chunks...); !slices.Equal(parts, whole) {
			t.Errorf("cut in pieces it is %q; whole, %q", parts, whole)
		}
		v := &follower{facts: newFacts(), clock: newFakeClock(), ready: make(chan struct{}), settled: make(chan struct{})}
		for _, one := range whole {
			_, _ = v.take(one)
		}
	})
}
