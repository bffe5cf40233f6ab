// What the feed says: signed pages, and events of the stream.

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const pageBytesMax = 4 << 20

// page is the claims of a signed page of the feed.
type page struct {
	Issuer   string   `json:"iss"`
	Expiry   *float64 `json:"exp"`
	After    *uint64  `json:"after"`
	Position *uint64  `json:"position"`
	Complete bool     `json:"complete"`
	Revoked  []entry  `json:"revoked"`
}

// entry is one fact as the feed writes it: [fingerprint, expires, position].
type entry fact

// UnmarshalJSON reads the three members, and passes over more of them.
func (e *entry) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(data, &parts); err != nil {
		return err
	}
	if len(parts) < 3 {
		return errors.New("an entry needs a fingerprint, an expiry and a position")
	}
	var text string
	var expires float64
	if err := errors.Join(
		json.Unmarshal(parts[0], &text), json.Unmarshal(parts[1], &expires), json.Unmarshal(parts[2], &e.position),
	); err != nil {
		return err
	}
	mark, err := parseFingerprint(text)
	e.fingerprint, e.expires = mark, int64(min(max(expires, 0), 1<<40))
	return err
}

func factsOf(entries []entry) []fact {
	batch := make([]fact, len(entries))
	for i, one := range entries {
		batch[i] = fact(one)
	}
	return batch
}

// readPage asks for the page after a position, and trusts it only if the issuer signed it as the answer to this.
func (f *follower) readPage(ctx context.Context, endpoint string, after uint64) (*page, error) {
	address, err := withAfter(endpoint, after)
	if err != nil {
		return nil, err
	}
	body, err := f.source.get(ctx, address, pageBytesMax, true)
	if err != nil {
		return nil, err
	}
	return f.trustPage(ctx, strings.TrimSpace(string(body)), after)
}

// trustPage verifies a page's signature, kind, issuer, question and age.
func (f *follower) trustPage(ctx context.Context, text string, after uint64) (*page, error) {
	h, e := parsePageHeader(text)
	if e != nil {
		return nil, fmt.Errorf("a page of the feed is not a signed JWT of its kind: %w", e)
	}
	payload, _, e := f.keys.verifySignature(ctx, text, h, f.algorithms)
	if e != nil {
		return nil, fmt.Errorf("a page of the feed cannot be trusted: %w", e)
	}
	var p page
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, fmt.Errorf("a page of the feed is malformed: %w", err)
	}
	if p.After == nil || p.Position == nil || p.Expiry == nil || p.Revoked == nil {
		return nil, errors.New("a page of the feed lacks one of after, position, exp and revoked")
	}
	if p.Issuer != f.source.issuer {
		return nil, errors.New("a page of the feed is of another issuer")
	}
	if *p.After != after {
		return nil, fmt.Errorf("a page of the feed answers after=%d; %d was asked", *p.After, after)
	}
	if !f.clock.Now().Before(numericDate(*p.Expiry).Add(f.tolerance)) {
		return nil, errors.New("a page of the feed has expired")
	}
	if *p.Position < after || !p.Complete && *p.Position == after {
		return nil, errors.New("a page of the feed leads nowhere: its position is not after what was asked")
	}
	return &p, nil
}

// parsePageHeader reads the header of a page, which may be longer than a token.
func parsePageHeader(text string) (*header, *Error) {
	h, e := readHeader(text)
	if e != nil {
		return nil, e
	}
	if kind := strings.TrimPrefix(strings.ToLower(h.Type), "application/"); kind != "revocations+jwt" {
		return nil, refuse(CodeWrongKind, "The typ is not revocations+jwt.")
	}
	if h.Critical != nil {
		return nil, refuse(CodeMalformed, "The header has crit.")
	}
	return h, nil
}

// message is the data of a "revoked" or a "heartbeat" event.
type message struct {
	Position *uint64 `json:"position"`
	Revoked  []entry `json:"revoked"`
}

// take applies an event of the stream. It tells whether it was one that shows the stream alive.
func (f *follower) take(one event) (bool, error) {
	if one.name != "revoked" && one.name != "heartbeat" {
		return false, nil
	}
	var m message
	if err := json.Unmarshal([]byte(one.data), &m); err != nil {
		return false, fmt.Errorf("an event of the stream is malformed: %w", err)
	}
	if m.Position == nil || one.name == "revoked" && m.Revoked == nil {
		return false, errors.New("an event of the stream lacks its position or its facts")
	}
	if one.name == "revoked" {
		f.keep(m.Revoked, *m.Position)
	} else {
		f.keep(nil, *m.Position)
		f.fresh(f.clock.Now())
	}
	return true, nil
}

// keep puts facts into the table, and only then moves the position on.
func (f *follower) keep(entries []entry, position uint64) {
	f.facts.put(factsOf(entries), f.forgettable())
	f.mu.Lock()
	defer f.mu.Unlock()
	f.position = max(f.position, position)
}

// forgettable is the expiry (epoch seconds) before which no token is accepted any more, tolerance and all.
func (f *follower) forgettable() int64 {
	return f.clock.Now().Add(-f.tolerance - time.Second).Unix()
}

// withAfter adds the position to an endpoint's address.
func withAfter(endpoint string, after uint64) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", err
	}
	query := u.Query()
	query.Set("after", formatPosition(after))
	u.RawQuery = query.Encode()
	return u.String(), nil
}

func formatPosition(position uint64) string { return strconv.FormatUint(position, 10) }
