// Reading from the issuer over HTTP: its metadata, and whatever the metadata names.

package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	metadataBytesMax = 1 << 20
	answerTime       = 10 * time.Second
)

// metadata is the part of OpenID Connect Discovery 1.0 §3, and of the revocation feed, that a verifier needs.
type metadata struct {
	Issuer string `json:"issuer"`
	Keys   string `json:"jwks_uri"`
	Feed   string `json:"revocation_feed_endpoint"`
	Stream string `json:"revocation_stream_endpoint"`
}

// source is the issuer as seen over HTTP.
type source struct {
	issuer      string
	client      *http.Client
	credentials *Credentials
	clock       clock

	mu   sync.Mutex
	last *metadata
}

// statusError is an answer that wasn't 200.
type statusError struct {
	address    string
	status     int
	retryAfter string
}

func (e *statusError) Error() string {
	hint := ""
	if e.status == http.StatusUnauthorized {
		hint = "; the issuer wants the Credentials of a confidential application"
	}
	return fmt.Sprintf("%s answered %d%s", e.address, e.status, hint)
}

// discover reads the metadata anew. When that fails, what was read before remains known.
func (s *source) discover(ctx context.Context) (*metadata, error) {
	address := s.issuer + ".well-known/openid-configuration"
	body, err := s.get(ctx, address, metadataBytesMax, false)
	if err != nil {
		return nil, err
	}
	var m metadata
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("%s is not JSON: %w", address, err)
	}
	if m.Issuer != s.issuer {
		return nil, fmt.Errorf("%s names the issuer %q; the options say %q", address, printable(m.Issuer), s.issuer)
	}
	for _, endpoint := range []string{m.Keys, m.Feed, m.Stream} {
		if err := s.checkEndpoint(endpoint); err != nil {
			return nil, err
		}
	}
	if m.Keys == "" {
		return nil, fmt.Errorf("%s names no jwks_uri", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = &m
	return &m, nil
}

// known gives the metadata that was read last, and reads it where none was.
func (s *source) known(ctx context.Context) (*metadata, error) {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil {
		return last, nil
	}
	return s.discover(ctx)
}

// checkEndpoint refuses addresses that would take a connection from https to something weaker.
func (s *source) checkEndpoint(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("the metadata names %q, which is no address", printable(address))
	}
	if u.Scheme == "http" && strings.HasPrefix(s.issuer, "https:") {
		return fmt.Errorf("the metadata names %q, which is not https", printable(address))
	}
	return nil
}

// get reads an answer of at most `most` bytes, within the time that an answer may take.
func (s *source) get(ctx context.Context, address string, most int64, authorized bool) ([]byte, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer s.clock.AfterFunc(answerTime, cancel).Stop()
	response, err := s.open(ctx, address, nil, authorized)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > most {
		return nil, fmt.Errorf("the answer of %s is longer than %d bytes", address, most)
	}
	return body, nil
}

// open asks, and gives the answer where it is 200. The credentials go only to endpoints that want them.
func (s *source) open(ctx context.Context, address string, headers map[string]string, authorized bool) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Cache-Control", "no-cache")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	if authorized && s.credentials != nil {
		request.SetBasicAuth(url.QueryEscape(s.credentials.ClientID), url.QueryEscape(s.credentials.ClientSecret))
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		shown, _, _ := strings.Cut(address, "?")
		return nil, &statusError{shown, response.StatusCode, response.Header.Get("Retry-After")}
	}
	return response, nil
}

// isBusy tells whether an answer was 503: the server has as many streams as it can hold.
func isBusy(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusServiceUnavailable
}

// newClient takes over a client without its redirects, which credentials mustn't follow, and without its time limit,
// which would cut streams. Without one it makes its own connections.
func newClient(given *http.Client) *http.Client {
	client := http.Client{}
	if given != nil {
		client = *given
	} else {
		client.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	client.Timeout = 0
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}
