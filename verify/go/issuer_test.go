// A small issuer for the tests: metadata, keys, signed pages and the stream, each of which can be made to fail.

package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

const testAudience = "https://api.example.com/"

type testIssuer struct {
	t        *testing.T
	server   *httptest.Server
	clock    *fakeClock
	requests atomic.Int64

	mu       sync.Mutex
	keys     []signingKey
	position uint64
	entries  [][3]any
	streams  map[chan string]struct{}

	away         bool
	hideFeed     bool
	streamStatus int
	silent       bool
	needs        *Credentials
	changePage   func(claims map[string]any, header map[string]any)
	lastEventIDs []string
	pageRequests int
	pageSize     int
	keyRequests  int
}

type signingKey struct {
	id        string
	algorithm jose.SignatureAlgorithm
	private   any
	public    any
}

func newSigningKey(t testing.TB, id string) signingKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signingKey{id, jose.ES256, private, private.Public()}
}

func newTestIssuer(t *testing.T) *testIssuer {
	i := &testIssuer{t: t, clock: newFakeClock(), streams: map[chan string]struct{}{}, pageSize: 1000}
	i.keys = []signingKey{newSigningKey(t, "first")}
	i.position = uint64(i.clock.Now().UnixMilli())
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", i.serveMetadata)
	mux.HandleFunc("/jwks", i.serveKeys)
	mux.HandleFunc("/revocations", i.servePage)
	mux.HandleFunc("/revocations/stream", i.serveStream)
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.requests.Add(1)
		i.mu.Lock()
		away := i.away
		i.mu.Unlock()
		if away {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	i.server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	t.Cleanup(func() {
		i.cut()
		i.server.CloseClientConnections()
		i.server.Close()
	})
	return i
}

func (i *testIssuer) issuer() string { return i.server.URL + "/" }

// set changes how the issuer behaves.
func (i *testIssuer) set(change func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change()
}

func (i *testIssuer) serveMetadata(w http.ResponseWriter, _ *http.Request) {
	m := map[string]string{"issuer": i.issuer(), "jwks_uri": i.server.URL + "/jwks"}
	i.mu.Lock()
	if !i.hideFeed {
		m["revocation_feed_endpoint"] = i.server.URL + "/revocations"
		m["revocation_stream_endpoint"] = i.server.URL + "/revocations/stream"
	}
	i.mu.Unlock()
	_ = json.NewEncoder(w).Encode(m)
}

func (i *testIssuer) serveKeys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keyRequests++
	_, _ = w.Write(jwksOf(i.keys))
}

func jwksOf(keys []signingKey) []byte {
	set := jose.JSONWebKeySet{}
	for _, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: key.public, KeyID: key.id, Algorithm: string(key.algorithm), Use: "sig"})
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return text
}

func (i *testIssuer) refuses(w http.ResponseWriter, r *http.Request) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	if i.needs != nil && (id != i.needs.ClientID || secret != i.needs.ClientSecret) {
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	return false
}

func (i *testIssuer) servePage(w http.ResponseWriter, r *http.Request) {
	if i.refuses(w, r) {
		return
	}
	after, _ := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pageRequests++
	now := i.clock.Now().Unix()
	revoked, position := [][3]any{}, i.position
	for _, entry := range i.entries {
		if entry[2].(uint64) > after {
			revoked = append(revoked, entry)
		}
	}
	complete := len(revoked) <= i.pageSize
	if !complete {
		revoked = revoked[:i.pageSize]
		position = revoked[i.pageSize-1][2].(uint64)
	}
	claims := map[string]any{
		"iss": i.issuer(), "iat": now, "exp": now + 60, "after": after, "position": max(position, after),
		"complete": complete, "revoked": revoked,
	}
	header := map[string]any{"typ": "revocations+jwt"}
	if i.changePage != nil {
		i.changePage(claims, header)
	}
	_, _ = io.WriteString(w, signWith(i.t, i.keys[0], header, claims))
}

func (i *testIssuer) serveStream(w http.ResponseWriter, r *http.Request) {
	if i.refuses(w, r) {
		return
	}
	after, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64)
	i.mu.Lock()
	i.lastEventIDs = append(i.lastEventIDs, r.Header.Get("Last-Event-ID"))
	if i.streamStatus != 0 {
		w.WriteHeader(i.streamStatus)
		i.mu.Unlock()
		return
	}
	events := make(chan string, 100)
	for _, entry := range i.entries {
		if entry[2].(uint64) > after {
			events <- revokedEvent(entry)
		}
	}
	if !i.silent {
		events <- i.heartbeat()
	}
	i.streams[events] = struct{}{}
	i.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	controller := http.NewResponseController(w)
	_ = controller.Flush()
	for {
		select {
		case text, open := <-events:
			if !open {
				panic(http.ErrAbortHandler)
			}
			_, _ = io.WriteString(w, text)
			_ = controller.Flush()
		case <-r.Context().Done():
			i.mu.Lock()
			delete(i.streams, events)
			i.mu.Unlock()
			return
		}
	}
}

func revokedEvent(entry [3]any) string {
	data, _ := json.Marshal(map[string]any{"position": entry[2], "revoked": [][3]any{entry}})
	return fmt.Sprintf("id: %d\nevent: revoked\ndata: %s\n\n", entry[2], data)
}

func (i *testIssuer) heartbeat() string {
	return fmt.Sprintf("event: heartbeat\ndata: {\"position\":%d,\"now\":%d}\n\n", i.position, i.clock.Now().UnixMilli())
}

// send writes text on every stream.
func (i *testIssuer) send(text string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for stream := range i.streams {
		stream <- text
	}
}

// beat sends a heartbeat.
func (i *testIssuer) beat() {
	i.mu.Lock()
	text := i.heartbeat()
	i.mu.Unlock()
	i.send(text)
}

// cut ends every stream without a word.
func (i *testIssuer) cut() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for stream := range i.streams {
		close(stream)
		delete(i.streams, stream)
	}
}

// revoke puts a fact into the feed, and on the streams.
func (i *testIssuer) revoke(text string) {
	i.mu.Lock()
	i.position++
	entry := [3]any{fingerprintOf(text).String(), i.clock.Now().Unix() + 86400, i.position}
	i.entries = append(i.entries, entry)
	i.mu.Unlock()
	i.send(revokedEvent(entry))
}

func (i *testIssuer) streaming() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.streams)
}

// token makes an access token; the changes replace claims, or remove those that are nil.
func (i *testIssuer) token(changes map[string]any) string {
	i.t.Helper()
	i.mu.Lock()
	key, position := i.keys[0], i.position
	i.mu.Unlock()
	now := i.clock.Now().Unix()
	claims := map[string]any{
		"iss": i.issuer(), "aud": testAudience, "sub": "auth0|ada", "client_id": "shop", "iat": now, "exp": now + 86400,
		"jti": "auth-1." + strconv.FormatUint(position, 36) + ".ada-1.r4nd0m", "sid": "session-1",
		"scope": "read:orders write:orders", "permissions": []string{"read:orders"},
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return signWith(i.t, key, map[string]any{"typ": "at+jwt"}, claims)
}

// signWith makes a JWT.
func signWith(t testing.TB, key signingKey, header, claims map[string]any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, value := range header {
		options.WithHeader(jose.HeaderKey(name), value)
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: key.algorithm, Key: jose.JSONWebKey{Key: key.private, KeyID: key.id}}, options)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(text)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// verifier makes one that follows this issuer, by the issuer's clock.
func (i *testIssuer) verifier(change func(*Options)) *Verifier {
	i.t.Helper()
	options := Options{
		Issuer: strings.TrimSuffix(i.issuer(), "/"), Audience: testAudience, Logger: slog.New(slog.DiscardHandler), clock: i.clock,
	}
	if change != nil {
		change(&options)
	}
	v, err := New(options)
	if err != nil {
		i.t.Fatal(err)
	}
	i.t.Cleanup(v.Close)
	return v
}

// following makes a verifier that has the stream and a heartbeat.
func (i *testIssuer) following(change func(*Options)) *Verifier {
	i.t.Helper()
	v := i.verifier(change)
	if err := v.Ready(i.t.Context()); err != nil {
		i.t.Fatal(err)
	}
	until(i.t, "a stream", func() bool { return v.Status().Connected })
	return v
}

// codeOf gives the code with which a token is refused, "" when it is accepted.
func codeOf(v *Verifier, token string, options ...Option) Code {
	_, err := v.Verify(context.Background(), token, options...)
	if err == nil {
		return ""
	}
	return err.(*Error).Code
}

// expect asserts the code with which a token is refused, "" for acceptance.
func expect(t *testing.T, v *Verifier, token string, want Code, options ...Option) {
	t.Helper()
	if got := codeOf(v, token, options...); got != want {
		t.Errorf("the answer is %q, wanted %q", got, want)
	}
}
