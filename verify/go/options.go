// What a verifier can be told: once when it is made, and with each token.

package verify

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// FeedMode is how the revocation feed is followed.
type FeedMode string

// The ways to follow the feed. FeedStream falls back to polling by itself where no stream can be had.
const (
	FeedStream FeedMode = "stream"
	FeedPoll   FeedMode = "poll"
	// FeedOff accepts tokens until they expire, whatever was taken back meanwhile.
	FeedOff FeedMode = "off"
)

// FeedLoss is what happens to tokens while the feed cannot be followed.
type FeedLoss string

// The ways to bear the loss of the feed.
const (
	RefuseTokens FeedLoss = "refuse"
	AcceptTokens FeedLoss = "accept"
)

// NoCache as the CacheSize switches the memory of verified tokens off.
const NoCache = -1

// Credentials are those of a confidential application, for an issuer that wants to know its feed's readers.
type Credentials struct {
	ClientID     string
	ClientSecret string
}

// Options says whose tokens a verifier accepts, and how. Only Issuer and an audience are needed.
type Options struct {
	// Issuer is the issuer's address, with or without the slash at its end.
	Issuer string
	// Audience is this API's identifier. Audiences are further ones: a token may be for any of them.
	Audience  string
	Audiences []string
	// Algorithms narrows what is accepted; without it each key of the issuer says which algorithms it is for.
	Algorithms []string
	// ClockTolerance is how far clocks may be apart: 5 seconds unless told otherwise, none where it is negative.
	ClockTolerance time.Duration
	// MaxStaleness is for how long the feed may be silent: 30 seconds unless told otherwise.
	MaxStaleness time.Duration
	// OnFeedLoss is RefuseTokens unless told otherwise.
	OnFeedLoss FeedLoss
	// Feed is FeedStream unless told otherwise.
	Feed FeedMode
	// PollInterval is the time between two pages: 1 second unless told otherwise.
	PollInterval time.Duration
	// CacheSize is how many verified tokens are remembered: 10,000 unless told otherwise.
	CacheSize   int
	Credentials *Credentials
	// HTTPClient reads from the issuer. Its time limit and its redirects are not used.
	HTTPClient *http.Client
	// Logger is told when the feed is found and lost: slog's default one unless told otherwise.
	Logger *slog.Logger
	// BaseURL is this API's address as callers see it ("https://api.example.com"), which DPoP proofs name. Without it
	// the middleware takes it from the request: wrong behind a proxy that ends TLS.
	BaseURL string

	clock clock
}

// complete checks the options and fills in what they leave out.
func (o Options) complete() (Options, error) {
	issuer, err := url.Parse(o.Issuer)
	if err != nil || issuer.Host == "" || issuer.Scheme != "https" && issuer.Scheme != "http" || issuer.RawQuery != "" ||
		issuer.Fragment != "" {
		return o, fmt.Errorf("verify: Issuer must be an address like https://login.example.com/; it is %q", o.Issuer)
	}
	o.Issuer = strings.TrimRight(o.Issuer, "/") + "/"
	o.Audiences = slices.Clone(o.Audiences)
	if o.Audience != "" {
		o.Audiences = append([]string{o.Audience}, o.Audiences...)
	}
	if len(o.Audiences) == 0 || slices.Contains(o.Audiences, "") {
		return o, errors.New("verify: Audience must be this API's identifier: without it tokens for others would do here")
	}
	if base, err := url.Parse(o.BaseURL); o.BaseURL != "" && (err != nil || base.Host == "" || base.Path != "" && base.Path != "/") {
		return o, fmt.Errorf("verify: BaseURL must be an origin like https://api.example.com; it is %q", o.BaseURL)
	}
	for _, name := range o.Algorithms {
		if !slices.Contains(allAlgorithms, jose.SignatureAlgorithm(name)) {
			return o, fmt.Errorf("verify: Algorithms must be asymmetric ones of %v; %q is not", allAlgorithms, name)
		}
	}
	o.Feed, o.OnFeedLoss = orElse(o.Feed, FeedStream), orElse(o.OnFeedLoss, RefuseTokens)
	if !slices.Contains([]FeedMode{FeedStream, FeedPoll, FeedOff}, o.Feed) {
		return o, fmt.Errorf("verify: Feed must be stream, poll or off; it is %q", o.Feed)
	}
	if !slices.Contains([]FeedLoss{RefuseTokens, AcceptTokens}, o.OnFeedLoss) {
		return o, fmt.Errorf("verify: OnFeedLoss must be refuse or accept; it is %q", o.OnFeedLoss)
	}
	if o.MaxStaleness < 0 || o.PollInterval < 0 {
		return o, errors.New("verify: MaxStaleness and PollInterval must not be negative")
	}
	o.ClockTolerance = max(orElse(o.ClockTolerance, 5*time.Second), 0)
	o.MaxStaleness = orElse(o.MaxStaleness, 30*time.Second)
	o.PollInterval = orElse(o.PollInterval, time.Second)
	o.CacheSize = orElse(o.CacheSize, 10_000)
	o.Logger = orElse(o.Logger, slog.Default())
	if o.clock == nil {
		o.clock = systemClock{}
	}
	return o, nil
}

// orElse gives a value, or what stands for its absence.
func orElse[T comparable](value, otherwise T) T {
	var none T
	if value == none {
		return otherwise
	}
	return value
}

// algorithms gives those that the options allow.
func (o *Options) algorithms() []jose.SignatureAlgorithm {
	if len(o.Algorithms) == 0 {
		return allAlgorithms
	}
	allowed := make([]jose.SignatureAlgorithm, len(o.Algorithms))
	for i, name := range o.Algorithms {
		allowed[i] = jose.SignatureAlgorithm(name)
	}
	return allowed
}

// Option says something about one verification.
type Option func(*demands)

// demands is what one request asks of its token, and what came with it.
type demands struct {
	scopes      []string
	permissions []string
	scheme      string
	method      string
	url         string
	proof       string
	certificate string
}

// WithScopes demands scopes, all of them.
func WithScopes(scopes ...string) Option {
	return func(d *demands) { d.scopes = append(d.scopes, scopes...) }
}

// WithPermissions demands permissions, all of them.
func WithPermissions(permissions ...string) Option {
	return func(d *demands) { d.permissions = append(d.permissions, permissions...) }
}

// WithScheme tells the authorization scheme with which the token came: "Bearer" or "DPoP".
func WithScheme(scheme string) Option { return func(d *demands) { d.scheme = scheme } }

// WithDPoP tells the request's method and full address, and the proof of its DPoP header (RFC 9449).
func WithDPoP(method, address, proof string) Option {
	return func(d *demands) { d.method, d.url, d.proof = method, address, proof }
}

// WithCertificateThumbprint tells the SHA-256 of the client's certificate, in base64url (RFC 8705).
func WithCertificateThumbprint(thumbprint string) Option {
	return func(d *demands) { d.certificate = thumbprint }
}
