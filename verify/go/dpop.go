// Proofs of possession: a token that is bound to a key is good only with a fresh proof of that key (RFC 9449).

package verify

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejson "github.com/go-jose/go-jose/v4/json"
)

const (
	proofWindow = 60 * time.Second
	// proofsMax bounds the memory of proofs: 2 × 24 bytes and some for each.
	proofsMax           = 200_000
	proofAlgorithmNames = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"
)

// proofHeader is the header of a proof; the key comes with it.
type proofHeader struct {
	Type      string              `json:"typ"`
	Algorithm string              `json:"alg"`
	Key       josejson.RawMessage `json:"jwk"`
	Critical  josejson.RawMessage `json:"crit"`
}

// proofClaims is what a proof says.
type proofClaims struct {
	ID         string   `json:"jti"`
	Method     string   `json:"htm"`
	Address    string   `json:"htu"`
	IssuedAt   *float64 `json:"iat"`
	AccessHash string   `json:"ath"`
}

func invalidProof(why string) *Error {
	return refuse(CodeInvalidProof, "The DPoP proof "+why+".")
}

// checkProof asks for a proof exactly where the token is bound to a key.
func (v *Verifier) checkProof(one *verified, wants *demands) *Error {
	thumbprint := one.confirmation.Thumbprint
	scheme := strings.ToLower(wants.scheme)
	if thumbprint == "" {
		if scheme == "dpop" {
			return invalidProof("is for a token that is bound to no key; send it with the Bearer scheme")
		}
		return nil
	}
	if wants.proof == "" || scheme != "" && scheme != "dpop" {
		return refuse(CodeMissingProof, "The token is bound to a key: send it with the DPoP scheme and a proof.")
	}
	return v.verifyProof(one, wants)
}

// verifyProof applies RFC 9449 §4.3.
func (v *Verifier) verifyProof(one *verified, wants *demands) *Error {
	if len(wants.proof) > tokenBytesMax {
		return invalidProof("is too long")
	}
	key, algorithm, e := proofKey(wants.proof)
	if e != nil {
		return e
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil || !sameText(base64.RawURLEncoding.EncodeToString(thumbprint), one.confirmation.Thumbprint) {
		return invalidProof("is of another key than the token")
	}
	jws, err := jose.ParseSignedCompact(wants.proof, []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		return invalidProof("is not a well-formed JWT")
	}
	payload, err := jws.Verify(key.Key)
	if err != nil {
		return invalidProof("has a wrong signature")
	}
	var claims proofClaims
	if josejson.Unmarshal(payload, &claims) != nil || claims.ID == "" || claims.IssuedAt == nil {
		return invalidProof("lacks jti or iat, or is malformed")
	}
	return v.checkProofClaims(&claims, one, wants)
}

func (v *Verifier) checkProofClaims(claims *proofClaims, one *verified, wants *demands) *Error {
	now, window := v.clock.Now(), proofWindow+v.options.ClockTolerance
	hash := sha256.Sum256([]byte(one.token))
	switch age := now.Sub(numericDate(*claims.IssuedAt)); {
	case claims.Method != wants.method:
		return invalidProof("is for another method (htm)")
	case !sameAddress(claims.Address, wants.url):
		return invalidProof("is for another address (htu)")
	case age > window || age < -window:
		return invalidProof("is not fresh (iat)")
	case !sameText(claims.AccessHash, base64.RawURLEncoding.EncodeToString(hash[:])):
		return invalidProof("is for another token (ath)")
	case !v.proofs.first(one.confirmation.Thumbprint+" "+claims.ID, now, window):
		return invalidProof("was used before (jti)")
	}
	return nil
}

// proofKey takes the public key out of a proof's header.
func proofKey(proof string) (*jose.JSONWebKey, jose.SignatureAlgorithm, *Error) {
	encoded, _, _ := strings.Cut(proof, ".")
	raw, err := base64.RawURLEncoding.DecodeString(encoded)
	var h proofHeader
	if err != nil || strings.Count(proof, ".") != 2 || josejson.Unmarshal(raw, &h) != nil {
		return nil, "", invalidProof("is not a well-formed JWT")
	}
	if kind := strings.TrimPrefix(strings.ToLower(h.Type), "application/"); kind != "dpop+jwt" || h.Critical != nil {
		return nil, "", invalidProof("must have the typ dpop+jwt, and no crit")
	}
	var key jose.JSONWebKey
	algorithm := jose.SignatureAlgorithm(h.Algorithm)
	if h.Key == nil || json.Unmarshal(h.Key, &key) != nil || !key.IsPublic() {
		return nil, "", invalidProof("must bring a public key (jwk)")
	}
	if !slices.Contains(algorithmsOf(key.Key), algorithm) {
		return nil, "", invalidProof("has an alg that its key is not for")
	}
	return &key, algorithm, nil
}

// sameAddress compares an htu with a request's address, both without query and fragment (RFC 9449 §4.3).
func sameAddress(proved, requested string) bool {
	one, ok := normalAddress(proved)
	other, also := normalAddress(requested)
	return ok && also && one == other
}

// normalAddress applies the scheme-based normalization of RFC 3986 §6.2.3.
func normalAddress(text string) (string, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", false
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[scheme])
	return scheme + "://" + host + orElse(u.EscapedPath(), "/"), true
}

func sameText(one, other string) bool {
	return subtle.ConstantTimeCompare([]byte(one), []byte(other)) == 1
}

// seenProofs remembers proofs for as long as they could come again, in two generations: when the younger is as old as
// a proof can get, or full, the elder is forgotten.
type seenProofs struct {
	mu      sync.Mutex
	most    int
	since   time.Time
	younger map[[16]byte]struct{}
	elder   map[[16]byte]struct{}
}

func newSeenProofs(most int) *seenProofs {
	return &seenProofs{most: most / 2, younger: map[[16]byte]struct{}{}}
}

// first tells whether a proof is seen for the first time within the window on both sides of now.
func (s *seenProofs) first(id string, now time.Time, window time.Duration) bool {
	sum := sha256.Sum256([]byte(id))
	mark := [16]byte(sum[:16])
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := elapsed(now, s.since); s.since.IsZero() || age > 2*window || len(s.younger) >= s.most {
		s.elder, s.younger, s.since = s.younger, map[[16]byte]struct{}{}, now
	}
	if _, seen := s.younger[mark]; seen {
		return false
	}
	if _, seen := s.elder[mark]; seen {
		return false
	}
	s.younger[mark] = struct{}{}
	return true
}
