// Walks through the vectors that the verifiers of all languages have in common.

package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func readVectors[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile("../vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var value T
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestVectorsOfFingerprints(t *testing.T) {
	type vectors struct {
		Cases []struct{ Text, Fingerprint string }
	}
	for _, c := range readVectors[vectors](t, "fingerprints.json").Cases {
		t.Run(c.Text, func(t *testing.T) {
			want, err := parseFingerprint(c.Fingerprint)
			if got := fingerprintOf(c.Text); err != nil || got != want {
				t.Errorf("%v, wanted %v (%v)", got, want, err)
			}
		})
	}
}

// vectorIssuer answers for the issuer of the vectors, without a network. It has pages alone.
type vectorIssuer struct {
	t       *testing.T
	issuer  string
	now     int64
	jwks    json.RawMessage
	revoked []json.RawMessage
}

func (i *vectorIssuer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body string
	switch {
	case strings.HasSuffix(r.URL.Path, "openid-configuration"):
		body = fmt.Sprintf(`{"issuer":%q,"jwks_uri":"%sjwks","revocation_feed_endpoint":"%srevocations"}`, i.issuer, i.issuer, i.issuer)
	case r.URL.Path == "/jwks":
		body = string(i.jwks)
	default:
		body = i.page(r.URL.Query().Get("after"))
	}
	answer := &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	return answer, nil
}

func (i *vectorIssuer) page(after string) string {
	var private jose.JSONWebKey
	if err := json.Unmarshal(readVectors[map[string]json.RawMessage](i.t, "keys.json")["RS256"], &private); err != nil {
		i.t.Error(err)
	}
	position, revoked := uint64(0), i.revoked
	for _, one := range i.revoked {
		var fact entry
		if err := json.Unmarshal(one, &fact); err != nil {
			i.t.Error(err)
		}
		position = max(position, fact.position)
	}
	asked, _ := strconv.ParseUint(after, 10, 64)
	if asked > 0 || revoked == nil {
		revoked, position = []json.RawMessage{}, max(position, asked)
	}
	claims := map[string]any{
		"iss": i.issuer, "iat": i.now, "exp": i.now + 60, "after": asked, "position": position, "complete": true, "revoked": revoked,
	}
	return signWith(i.t, signingKey{"RS256", jose.RS256, private.Key, nil}, map[string]any{"typ": "revocations+jwt"}, claims)
}

func (i *vectorIssuer) verifier(t *testing.T, audiences []string) *Verifier {
	t.Helper()
	clock := newFakeClock()
	clock.now = time.Unix(i.now, 0)
	v, err := New(Options{
		Issuer: i.issuer, Audiences: audiences, Feed: FeedPoll, Logger: slog.New(slog.DiscardHandler),
		HTTPClient: &http.Client{Transport: i}, clock: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	if err := v.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	return v
}

// texts is one text or several.
type texts []string

func (one *texts) UnmarshalJSON(data []byte) error { return (*audience)(one).UnmarshalJSON(data) }

type tokenVectors struct {
	Issuer   string
	Audience texts
	Now      int64
	JWKS     json.RawMessage
	Feed     struct{ Revoked []json.RawMessage }
	Cases    []struct {
		Name, Token, Error string
		Claims             json.RawMessage
		Options            struct {
			Audience              texts
			Scopes, Permissions   []string
			AuthorizationScheme   string
			CertificateThumbprint string
			DPoP                  *struct{ Method, URL, Proof string }
		}
	}
}

func TestVectorsOfTokens(t *testing.T) {
	vectors := readVectors[tokenVectors](t, "tokens.json")
	issuer := &vectorIssuer{t, vectors.Issuer, vectors.Now, vectors.JWKS, vectors.Feed.Revoked}
	usual := issuer.verifier(t, vectors.Audience)
	for _, c := range vectors.Cases {
		t.Run(c.Name, func(t *testing.T) {
			v, o := usual, c.Options
			if o.Audience != nil {
				v = issuer.verifier(t, o.Audience)
			}
			options := []Option{WithScopes(o.Scopes...), WithPermissions(o.Permissions...), WithScheme(o.AuthorizationScheme)}
			if o.DPoP != nil {
				options = append(options, WithDPoP(o.DPoP.Method, o.DPoP.URL, o.DPoP.Proof))
			}
			if o.CertificateThumbprint != "" {
				options = append(options, WithCertificateThumbprint(o.CertificateThumbprint))
			}
			expectVector(t, v, c.Token, c.Error, c.Claims, options)
			// The second time comes from memory; a proof is good once.
			second := c.Error
			if second == "" && o.DPoP != nil {
				second = string(CodeInvalidProof)
			}
			expectVector(t, v, c.Token, second, c.Claims, options)
		})
	}
}

func expectVector(t *testing.T, v *Verifier, token, want string, told json.RawMessage, options []Option) {
	t.Helper()
	claims, err := v.Verify(t.Context(), token, options...)
	var refused *Error
	if errors.As(err, &refused) {
		if string(refused.Code) != want {
			t.Errorf("%s (%s), wanted %q", refused.Code, refused.Message, want)
		}
		if token != "" && strings.Contains(refused.Message, token) {
			t.Error("the message repeats the token")
		}
		return
	}
	if want != "" || err != nil {
		t.Fatalf("%v, wanted %q", err, want)
	}
	var own, expected any
	if err := errors.Join(claims.Decode(&own), json.Unmarshal(told, &expected)); err != nil || !reflect.DeepEqual(own, expected) {
		t.Errorf("%v, wanted %v (%v)", own, expected, err)
	}
}

func factsFrom(t *testing.T, entries []entry) []fact {
	t.Helper()
	return append([]fact{}, factsOf(entries)...)
}

func TestVectorsOfPages(t *testing.T) {
	type vectors struct {
		Issuer string
		Now    int64
		JWKS   json.RawMessage
		Cases  []struct {
			Name, Page string
			After      uint64
			Position   uint64
			Complete   bool
			Facts      []entry
			Error      bool
		}
	}
	all := readVectors[vectors](t, "pages.json")
	v := (&vectorIssuer{t, all.Issuer, all.Now, all.JWKS, nil}).verifier(t, []string{testAudience})
	for _, c := range all.Cases {
		t.Run(c.Name, func(t *testing.T) {
			read, err := v.follower.trustPage(t.Context(), c.Page, c.After)
			if c.Error {
				if err == nil {
					t.Error("it was trusted")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if *read.Position != c.Position || read.Complete != c.Complete {
				t.Errorf("position %d, complete %t", *read.Position, read.Complete)
			}
			if got, want := factsFrom(t, read.Revoked), factsFrom(t, c.Facts); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, wanted %v", got, want)
			}
		})
	}
}

func TestVectorsOfStreams(t *testing.T) {
	type vectors struct {
		Cases []struct {
			Name       string
			Chunks     []string
			Facts      []entry
			Position   uint64
			Heartbeats int
		}
	}
	for _, c := range readVectors[vectors](t, "streams.json").Cases {
		t.Run(c.Name, func(t *testing.T) {
			var parser eventParser
			var told []entry
			position, heartbeats := uint64(0), 0
			for _, chunk := range c.Chunks {
				err := parser.feed(bytes.Clone([]byte(chunk)), func(one event) error {
					var m message
					if one.name != "revoked" && one.name != "heartbeat" {
						return nil
					}
					if err := json.Unmarshal([]byte(one.data), &m); err != nil {
						return err
					}
					if one.name == "heartbeat" {
						heartbeats++
					} else {
						told, position = append(told, m.Revoked...), *m.Position
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if got, want := factsFrom(t, told), factsFrom(t, c.Facts); !reflect.DeepEqual(got, want) {
				t.Errorf("%v, wanted %v", got, want)
			}
			if position != c.Position || heartbeats != c.Heartbeats {
				t.Errorf("position %d and %d heartbeats, wanted %d and %d", position, heartbeats, c.Position, c.Heartbeats)
			}
		})
	}
}
