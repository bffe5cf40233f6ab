// The issuer's keys: fetched by one at a time, kept while the issuer is away, fetched again for a kid never seen.

package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysBytesMax      = 1 << 20
	unknownKeyPause   = 10 * time.Second
	firstKeysPause    = time.Second
	keysLifetime      = 5 * time.Minute
	rsaModulusBitsMin = 2048
)

// allAlgorithms are the asymmetric ones that a verifier can be told to accept.
var allAlgorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// verificationKey is one key of the issuer, and the algorithms that it may be used with.
type verificationKey struct {
	public     any
	algorithms []jose.SignatureAlgorithm
}

// keySet is what a JWKS said at one time. It never changes.
type keySet struct {
	keys    map[string]verificationKey
	version uint64
	text    string
}

// keys follows the issuer's JWKS.
type keys struct {
	source *source
	clock  clock
	life   context.Context
	tasks  *tasks

	current  atomic.Pointer[keySet]
	mu       sync.Mutex
	fetched  time.Time
	asked    time.Time
	missed   time.Time
	inFlight chan struct{}
	failure  error
}

// known gives the key set that was read last; nil when none was.
func (k *keys) known() *keySet { return k.current.Load() }

// find gives the key of a kid. For an unknown one the set is fetched again, at most once in ten seconds.
func (k *keys) find(ctx context.Context, kid string) (verificationKey, *keySet, *Error) {
	set := k.known()
	if set != nil {
		if key, ok := set.keys[kid]; ok {
			return key, set, nil
		}
	}
	if kid == "" {
		return verificationKey{}, nil, refuse(CodeUnknownKey, "The token names no key (kid).")
	}
	asked, pause := &k.missed, unknownKeyPause
	if set == nil {
		asked, pause = &k.asked, firstKeysPause
	}
	if err := k.refresh(ctx, asked, pause); err != nil && k.known() == nil {
		e := refuse(CodeIssuerUnreachable, "The issuer's keys could not be read.")
		e.cause = err
		return verificationKey{}, nil, e
	}
	set = k.known()
	if key, ok := set.keys[kid]; ok {
		return key, set, nil
	}
	return verificationKey{}, nil, refuse(CodeUnknownKey, "The token is signed with a key that the issuer does not have.")
}

// refresh fetches the set, unless that was last asked for (in `asked`) within the pause; whoever comes meanwhile shares the answer.
func (k *keys) refresh(ctx context.Context, asked *time.Time, pause time.Duration) error {
	k.mu.Lock()
	if k.inFlight == nil {
		if !asked.IsZero() && elapsed(k.clock.Now(), *asked) < pause {
			defer k.mu.Unlock()
			return k.failure
		}
		*asked = k.clock.Now()
		landed := make(chan struct{})
		// The fetch belongs to all who wait for it: one of them leaving doesn't end it.
		if !k.tasks.start(func() { k.fetch(k.life, landed) }) {
			defer k.mu.Unlock()
			return errStopped
		}
		k.inFlight = landed
	}
	landed := k.inFlight
	k.mu.Unlock()
	select {
	case <-landed:
		k.mu.Lock()
		defer k.mu.Unlock()
		return k.failure
	case <-ctx.Done():
		return ctx.Err()
	}
}

// refreshWhenOld fetches a set that has been kept for long, so that keys that the issuer took away are forgotten.
func (k *keys) refreshWhenOld(ctx context.Context) error {
	k.mu.Lock()
	old := k.known() == nil || elapsed(k.clock.Now(), k.fetched) >= keysLifetime
	k.mu.Unlock()
	if !old {
		return nil
	}
	return k.refresh(ctx, &k.asked, firstKeysPause)
}

func (k *keys) fetch(ctx context.Context, landed chan struct{}) {
	set, err := k.read(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err == nil {
		k.fetched = k.clock.Now()
		if last := k.known(); last == nil || last.text != set.text {
			if last != nil {
				set.version = last.version + 1
			}
			k.current.Store(set)
		}
	}
	k.failure, k.inFlight = err, nil
	close(landed)
}

func (k *keys) read(ctx context.Context) (*keySet, error) {
	m, err := k.source.known(ctx)
	if err != nil {
		return nil, err
	}
	body, err := k.source.get(ctx, m.Keys, keysBytesMax, false)
	if err != nil {
		return nil, err
	}
	return parseKeySet(body)
}

// parseKeySet reads a JWKS (RFC 7517 §5), and passes over keys that can't verify signatures here.
func parseKeySet(body []byte) (*keySet, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		return nil, err
	}
	set := &keySet{keys: map[string]verificationKey{}, text: string(body)}
	for _, raw := range document.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) != nil || key.KeyID == "" || key.Use != "" && key.Use != "sig" || !key.IsPublic() {
			continue
		}
		algorithms := algorithmsOf(key.Key)
		if key.Algorithm != "" {
			algorithms = slices.DeleteFunc(algorithms, func(a jose.SignatureAlgorithm) bool { return string(a) != key.Algorithm })
		}
		if _, twice := set.keys[key.KeyID]; !twice && len(algorithms) > 0 {
			set.keys[key.KeyID] = verificationKey{key.Key, algorithms}
		}
	}
	if len(set.keys) == 0 {
		return nil, errors.New("the issuer's JWKS has no key that could verify a signature")
	}
	return set, nil
}

// algorithmsOf tells what a public key can verify; nothing for one that is too short.
func algorithmsOf(public any) []jose.SignatureAlgorithm {
	switch key := public.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < rsaModulusBitsMin {
			return nil
		}
		return slices.Clone(allAlgorithms[:6])
	case *ecdsa.PublicKey:
		curves := map[int]jose.SignatureAlgorithm{256: jose.ES256, 384: jose.ES384, 521: jose.ES512}
		if algorithm, ok := curves[key.Curve.Params().BitSize]; ok {
			return []jose.SignatureAlgorithm{algorithm}
		}
	case ed25519.PublicKey:
		return []jose.SignatureAlgorithm{jose.EdDSA}
	}
	return nil
}

// verifySignature finds the key and verifies a JWS of one of the allowed algorithms; it gives the payload.
func (k *keys) verifySignature(
	ctx context.Context, text string, h *header, allowed []jose.SignatureAlgorithm,
) ([]byte, *keySet, *Error) {
	algorithm := jose.SignatureAlgorithm(h.Algorithm)
	if !slices.Contains(allowed, algorithm) {
		return nil, nil, refuse(CodeWrongAlgorithm, "The token's alg is not one that this API accepts.")
	}
	key, set, e := k.find(ctx, h.KeyID)
	if e != nil {
		return nil, nil, e
	}
	if !slices.Contains(key.algorithms, algorithm) {
		return nil, nil, refuse(CodeWrongAlgorithm, "The token's alg is not that of its key.")
	}
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return nil, nil, refuse(CodeMalformed, "The token is not a well-formed JWT.")
	}
	payload, err := jws.Verify(key.public)
	if err != nil {
		return nil, nil, refuse(CodeBadSignature, "The token's signature is wrong.")
	}
	return payload, set, nil
}
